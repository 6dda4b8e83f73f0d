/** The command line or a value in it is wrong; the message shows the right usage. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command line is right, but the command cannot be done; the message gives the reason and the remedy. Exit code 1. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError'
}
