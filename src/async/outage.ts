/** Receives the failures of operations that are retried until they succeed; `name` identifies the operation. */
export interface FailureReport {
  /** Once per outage, not for its repeats. */
  onFailure(name: string, error: unknown): void
  /** Once, when it succeeds again. */
  onRecovery(name: string): void
}

export interface Outage {
  /** Why the last attempt failed; null after one that succeeded. */
  readonly error: unknown
  failed(error: unknown): void
  succeeded(): void
}

/** Reports an outage when the first attempt fails, and its end when an attempt succeeds again. */
export function createOutage(name: string, report: FailureReport): Outage {
  let current: { error: unknown } | null = null
  return {
    get error() {
      return current?.error ?? null
    },
    failed(error) {
      const isFirst = current === null
      current = { error }
      if (isFirst) report.onFailure(name, error)
    },
    succeeded() {
      if (current === null) return
      current = null
      report.onRecovery(name)
    },
  }
}
