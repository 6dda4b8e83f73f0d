/** Something that Parley depends on does not answer, or cannot serve now. The same call may succeed later. */
export class UnavailableError extends Error {
  override readonly name: string = 'UnavailableError'
  constructor(
    message: string,
    options?: ErrorOptions,
    /** What may be shown to anyone, unlike the message: a SQLSTATE, a name of Node's, or `timeout`. */
    readonly code: string = 'unavailable',
  ) {
    super(message, options)
  }
}

export class TimeoutError extends UnavailableError {
  override readonly name = 'TimeoutError'
  constructor(ms: number) {
    super(`no answer within ${ms} ms`, undefined, 'timeout')
  }
}
