export class EventStoreUnreachableError extends Error {
  override readonly name = 'EventStoreUnreachableError'
  constructor(cause: Error) {
    const reason = cause.message.trim().replaceAll('\n', ' ')
    super(`EventStoreDB does not answer (${reason}); is EVENTSTORE_URL right, and is it running?`, { cause })
  }
}
