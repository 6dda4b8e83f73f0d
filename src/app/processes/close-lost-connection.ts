import type { Worker } from 'node:cluster'

interface Handed {
  act?: string
  seq?: number
}

/** Parts of Node's cluster that its types leave out: it numbers what it sends, and the worker acknowledges each number. */
interface Channel {
  send(message: Handed, handle?: { close(): void }, ...rest: unknown[]): boolean
  on(event: 'internalMessage', listener: (message: { ack?: number }) => void): unknown
  once(event: 'exit', listener: () => void): unknown
}

/**
 * Node keeps a connection open that it handed to a worker which was killed before it took it: the client would wait for an answer without end. Closed,
 * it tries again.
 */
export function closeLostConnection(worker: Worker): void {
  const channel = worker.process as unknown as Channel
  const handed = new Map<number, { close(): void }>()
  const send = channel.send.bind(channel)
  channel.send = (message, handle, ...rest) => {
    if (message.act === 'newconn' && message.seq !== undefined && handle !== undefined) handed.set(message.seq, handle)
    return send(message, handle, ...rest)
  }
  channel.on('internalMessage', ({ ack }) => ack !== undefined && handed.delete(ack))
  channel.once('exit', () => {
    for (const handle of handed.values()) handle.close()
  })
}
