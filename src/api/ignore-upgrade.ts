import type { IncomingMessage, Server } from 'node:http'
import type { UnreadAnswers } from './unread-answers.js'

const UPGRADE_HEADERS: ReadonlySet<string> = new Set(['upgrade', 'http2-settings'])

/**
 * Makes a server answer requests whose `Upgrade` header it does not follow, on versions of Node without `shouldUpgradeCallback`. Those have
 * stopped reading HTTP by then, so the request's head is put back in front of its body, without that header, and the connection is
 * given to the server as if it were new, once the answers to earlier requests on it are out.
 */
export function ignoreUpgrades(
  server: Server,
  isFollowed: (request: IncomingMessage) => boolean,
  { lastOn }: Pick<UnreadAnswers, 'lastOn'>,
): void {
  server.on('upgrade', (request, socket, body) => {
    if (isFollowed(request)) return
    socket.on('error', ignoreError)
    socket.unshift(Buffer.concat([headWithoutUpgrade(request), body]))
    const giveBack = (): void => {
      if (socket.destroyed) return
      socket.off('error', ignoreError)
      request.socket.setTimeout(0) // that of the earlier requests: the server does not know of it any more
      server.emit('connection', socket)
    }
    const earlier = lastOn(request.socket)
    if (earlier === undefined) giveBack()
    else earlier.once('close', giveBack)
  })
}

/** The server's own listener is off until it has the socket back. */
const ignoreError = (): void => undefined

function headWithoutUpgrade({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    const lowerName = name.toLowerCase()
    if (UPGRADE_HEADERS.has(lowerName)) continue
    lines.push(`${name}: ${lowerName === 'connection' ? withoutUpgrade(value) : value}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** `Connection` names the headers that are meant for this hop alone. */
const withoutUpgrade = (connection: string): string =>
  connection
    .split(',')
    .filter((name) => !UPGRADE_HEADERS.has(name.trim().toLowerCase()))
    .join(',')
