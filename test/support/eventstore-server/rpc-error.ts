import { Metadata, status } from '@grpc/grpc-js'

/** An error as gRPC carries it: what the client makes of it depends on the code and on the trailer `exception`. */
export interface RpcError extends Error {
  code: status
  details: string
  metadata: Metadata
}

const serverNotReady = 'Server Is Not Ready'

export const notReady = (): RpcError => rpcError(status.UNAVAILABLE, serverNotReady)

/** The answer to a request that made the server throw. */
export const handlerFailed = (): RpcError => unknownError('Exception was thrown by handler.')

export const unknownError = (details: string): RpcError => rpcError(status.UNKNOWN, details)

export const streamDeleted = (stream: string): RpcError =>
  rpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  })

export const maxAppendSizeExceeded = (bytes: number): RpcError =>
  rpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  })

export const wrongExpectedVersion = (operation: string, stream: string, expected: number, actual: number): RpcError =>
  rpcError(
    status.FAILED_PRECONDITION,
    `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(expected),
      'actual-version': String(actual),
    },
  )

export const isRpcError = (error: unknown): error is RpcError =>
  error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata

/** A reader that cannot keep up is sent away, so that the server need not keep for it what it has not read. */
export const consumerTooSlow = (): RpcError =>
  rpcError(
    status.ABORTED,
    'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
  )

function rpcError(code: status, details: string, trailers: Record<string, string> = {}): RpcError {
  const metadata = new Metadata()
  // trailers are ASCII
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value.replace(/[^\x20-\x7e]/g, '?'))
  return Object.assign(new Error(details), { code, details, metadata })
}
