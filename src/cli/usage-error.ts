/** The command was called in a way that it cannot be: the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
