/** A command that must succeed, because the rows of the main database already say so, was rejected. */
export class CommandRejectedError extends Error {
  override readonly name = 'CommandRejectedError'
  constructor(readonly code: string) {
    super(`the command was rejected: ${code}`)
  }
}
