import type { FailureReport } from '../../src/async/outage.js'

/** Ends a measurement when anything fails: its result would mean nothing. */
export const throwingReport: FailureReport = {
  onFailure(name, error) {
    throw new Error(`${name} failed`, { cause: error })
  },
  onRecovery: () => undefined,
}
