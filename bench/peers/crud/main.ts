import { createSecretKey, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApi } from './api.js'
import { openDatabase } from './database.js'
import { createSockets } from './sockets.js'
import { createTokens } from './tokens.js'

/**
 * A chat as it would otherwise be written, and written well: rows are inserted and read, nothing is an event. It takes the same
 * requests as Parley and gives answers of the same kind, as far as the benchmark asks.
 */
async function serve(): Promise<void> {
  const { DATABASE_URL = '', TOKEN_KEY, AUDIT, PORT = '0' } = process.env
  const database = await openDatabase(DATABASE_URL)
  const key = TOKEN_KEY === undefined ? randomBytes(32) : Buffer.from(TOKEN_KEY, 'base64')
  const tokens = createTokens(createSecretKey(key))
  const server = createServer()
  const deps = { database, tokens, isAudited: AUDIT === '1' }
  const sockets = createSockets(server, deps)
  server.on('request', createApi({ ...deps, sockets }))
  server.listen(Number(PORT), '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.stdout.write(`the peer listens on http://127.0.0.1:${port}\n`)
  })
  process.once('SIGTERM', () => process.exit())
}

await serve()
