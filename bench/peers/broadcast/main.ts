import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'

/**
 * Socket.IO and nothing else: whatever is posted goes to all, in a message of the size that a chat's has. With REDIS_URL to all of several
 * servers, by Socket.IO's own adapter.
 */
const ROOM = 'room'
const MESSAGE = {
  id: '00000000-0000-4000-8000-000000000000',
  chatId: '00000000-0000-4000-8000-000000000000',
  seq: 100_000,
  version: 100_000,
  sender: { id: '00000000-0000-4000-8000-000000000000', name: 'User 100', avatarUrl: null },
  clientMessageId: null,
  type: 'text',
  content: '',
  contentHtml: null,
  metadata: null,
  replyTo: null,
  reactions: [],
  mentions: [],
  linkPreviews: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  recordedAt: '2026-01-01T00:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  deletedBy: null,
}

const server = createServer((req, res) => {
  if (req.method !== 'POST') {
    res.writeHead(200, { 'content-length': 2 }).end('ok')
    return
  }
  let body = ''
  req.setEncoding('utf8').on('data', (text: string) => (body += text))
  req.on('end', () => {
    const { content } = JSON.parse(body) as { content: string }
    io.to(ROOM).emit('new_message', { ...MESSAGE, content })
    res.writeHead(201, { 'content-length': 2 }).end('{}')
  })
})

const { REDIS_URL } = process.env
const io = new Server(server, {
  serveClient: false,
  ...(REDIS_URL !== undefined && { adapter: createAdapter(new Redis(REDIS_URL), new Redis(REDIS_URL)) }),
})
io.on('connection', (socket) => {
  void socket.join(ROOM)
  socket.emit('ready', {})
})

server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  process.stdout.write(`the broadcast listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit())
