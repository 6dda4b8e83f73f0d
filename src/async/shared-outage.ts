import { createOutage, type FailureReport } from './outage.js'

/** One of several operations that fail together. */
export interface OutagePart {
  failed(error: unknown): void
  succeeded(): void
  /** The operation is no longer attempted, so that the outage does not wait for its success. */
  end(): void
}

export interface SharedOutage {
  part(): OutagePart
}

/** One outage for several operations: it begins with the first that fails, and ends when one succeeds and none is failing. */
export function createSharedOutage(name: string, report: FailureReport): SharedOutage {
  const outage = createOutage(name, report)
  const failing = new Set<OutagePart>()
  return {
    part() {
      const part: OutagePart = {
        failed(error) {
          failing.add(part)
          outage.failed(error)
        },
        succeeded() {
          failing.delete(part)
          if (failing.size === 0) outage.succeeded()
        },
        end: () => void failing.delete(part),
      }
      return part
    },
  }
}
