/** The command line or a value in it is wrong: the message says how it is used. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command line is right, but the command cannot be done: the message says why, and what to do. Exit code 1. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError'
}
