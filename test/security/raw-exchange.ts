import { once } from 'node:events'
import { connect } from 'node:net'

/** What comes back until the server ends the connection: asked to, or by what it was sent; or because we do. */
export async function rawExchange(url: string, sent: string, weEnd = false): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  socket.on('error', () => undefined)
  if (weEnd) socket.end(sent)
  else socket.write(sent)
  await once(socket, 'close')
  return answer
}

export const statusesOf = (answer: string): number[] =>
  Array.from(answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm), ([, code]) => Number(code))

export const rawRequest = (line: string, headers: string[], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: a', ...headers, '', body].join('\r\n')
