import type { ServerWritableStream } from '@grpc/grpc-js'
import type streams from '@eventstore/db-client/generated/streams_pb.js'
import type { RpcError } from './rpc-error.js'
import { createSignal } from './signal.js'

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>

/** Where the answers to a read go, no faster than the client takes them. */
export interface Outlet {
  /** The client has gone, or the read is over. */
  readonly closed: boolean
  /** Resolves once there is room for more, or nobody there to read it. */
  send(answer: streams.ReadResp): Promise<void> | undefined
  end(): void
  fail(error: RpcError): void
  /** Calls back when the client has gone. */
  onClose(listener: () => void): void
}

export function createOutlet(call: ReadCall): Outlet {
  const room = createSignal()
  let closed = false
  call.on('drain', room.notify)
  call.once('cancelled', () => {
    closed = true
    room.notify()
  })
  return {
    get closed() {
      return closed
    },
    send: (answer) => (closed || call.write(answer) ? undefined : room.next()),
    end() {
      if (!closed) call.end()
      closed = true
    },
    fail(error) {
      if (!closed) call.emit('error', error)
      closed = true
    },
    onClose: (listener) => call.once('cancelled', listener),
  }
}
