import type { FailureReport } from '../../src/async/outage.js'

export interface RecordedReport extends FailureReport {
  /** `name failed: message` and `name recovered`, in order. */
  lines: string[]
}

export function recordedReport(): RecordedReport {
  const lines: string[] = []
  return {
    lines,
    onFailure: (name, error) => lines.push(`${name} failed: ${error instanceof Error ? error.message : String(error)}`),
    onRecovery: (name) => lines.push(`${name} recovered`),
  }
}
