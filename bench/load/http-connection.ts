import { once } from 'node:events'
import { connect } from 'node:net'

export interface HttpAnswer {
  status: number
  /** The status line and the headers. */
  head: string
  body: Buffer
}

/** One keep-alive connection with one request on its way at a time, as a browser's. */
export interface HttpConnection {
  /** `request` is the whole of it, head and body. @throws Error when the connection ends before the answer */
  ask(request: string): Promise<HttpAnswer>
  close(): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)

/**
 * Plain sockets, and no more of HTTP than the servers measured here speak: an answer has a Content-Length, or no body. What
 * a full client costs would come off what the server is given to do, since Postgres shares the load's core.
 */
export async function openHttpConnection(url: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  let pending: Buffer = NOTHING
  let waiting: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined

  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    const found = parseAnswer(pending)
    if (found === null) return
    pending = pending.subarray(found.end)
    const { resolve } = waiting ?? {}
    waiting = undefined
    resolve?.(found)
  })
  const fail = (error: Error): void => {
    waiting?.reject(error)
    waiting = undefined
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request, 'utf8')
      }),
    close: () => socket.destroy(),
  }
}

/** Null while it is not whole. */
function parseAnswer(bytes: Buffer): (HttpAnswer & { end: number }) | null {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd === -1) return null
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const start = headEnd + HEAD_END.length
  const end = start + lengthOf(status, head)
  return bytes.length < end ? null : { status, head, body: bytes.subarray(start, end), end }
}

function lengthOf(status: number, head: string): number {
  if (status === 204 || status === 304) return 0
  const at = head.indexOf('ontent-Length:')
  const found =
    at === -1 ? /content-length: *(\d+)/i.exec(head)?.[1] : head.slice(at + 14, head.indexOf('\r', at) >>> 0)
  if (found === undefined) throw new Error(`an answer without Content-Length:\n${head}`)
  return Number(found)
}
