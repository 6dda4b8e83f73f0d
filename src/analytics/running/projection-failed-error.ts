import type { FailureInFile } from '../child/protocol.js'

/** The analyst's code, or its process, failed; repeating the same would not help. */
export class ProjectionFailedError extends Error {
  override readonly name = 'ProjectionFailedError'
  readonly code: string
  readonly file: string
  readonly line: number | null

  constructor({ code, message, file, line }: Omit<FailureInFile, 'isPassing'>) {
    super(message)
    this.code = code
    this.file = file
    this.line = line
  }
}
