import type { FailureReport } from '../../src/async/outage.js'

/** A measurement during an outage is worth nothing. */
export const throwingReport: FailureReport = {
  onFailure(name, error) {
    throw new Error(`${name} failed`, { cause: error })
  },
  onRecovery: () => undefined,
}
