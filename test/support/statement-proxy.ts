import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface StatementProxy extends AsyncDisposable {
  /** The URL given, through the proxy. */
  url: string
  /** The texts of the statements so far that had this among their values, in order. */
  statementsWith(value: string): string[]
}

/** Notes what a client asks its Postgres: the statements of the extended protocol, with their values. */
export async function openStatementProxy(target: string): Promise<StatementProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const bound: { text: string; values: string }[] = []

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    const read = createMessageReader((text, values) => bound.push({ text, values }))
    client.on('data', read)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => undefined)
      from.on('close', () => sockets.delete(from) && to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    statementsWith: (value) => bound.filter(({ values }) => values.includes(value)).map(({ text }) => text),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Reads what a client sends: a start-up message without a type, then messages of type (1 byte), length (4 bytes) and body. */
function createMessageReader(onBind: (text: string, values: string) => void): (chunk: Buffer) => void {
  const texts = new Map<string, string>()
  let rest = Buffer.alloc(0)
  let isStarted = false

  function take(type: string, body: Buffer): void {
    if (type === 'P') {
      const [name = '', text = ''] = body.toString().split('\0')
      texts.set(name, text)
    } else if (type === 'B') {
      const [, name = ''] = body.toString().split('\0')
      onBind(texts.get(name) ?? '', body.toString())
    }
  }

  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = isStarted ? 1 : 0
      if (rest.length < head + 4) return
      const end = head + rest.readUInt32BE(head)
      if (rest.length < end) return
      if (isStarted) take(rest.toString('latin1', 0, 1), rest.subarray(5, end))
      isStarted = true
      rest = rest.subarray(end)
    }
  }
}
