/** What becomes of an operation that is repeated until it succeeds, by the name of what repeats it. */
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

/** Turns the outcomes of single attempts into the beginning and the end of outages. */
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
