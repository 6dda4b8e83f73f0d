/** A log cannot be copied; the message gives the reason and the remedy, for an operator. */
export class LogCopyError extends Error {
  override readonly name = 'LogCopyError'
}
