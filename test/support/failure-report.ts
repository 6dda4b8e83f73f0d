import type { FailureReport } from '../../src/async/outage.js'

/** Passes each reported failure on; recoveries are ignored. */
export const onFailure = (failed: (error: unknown) => unknown): FailureReport => ({
  onFailure: (_name, error) => failed(error),
  onRecovery: () => undefined,
})

/** For tests that break connections on purpose and look at something else. */
export const ignoreFailures: FailureReport = onFailure(() => undefined)

/** A failure fails the test. */
export const noFailures: FailureReport = onFailure((error) => {
  throw error
})
