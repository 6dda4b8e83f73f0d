import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'

/** Express and nothing else: a body is parsed, and answered. */
const api = express()
api.disable('etag')
api.get('/healthz', (_req, res) => void res.json({ status: 'ok' }))
api.post('/chats/:id/messages', express.json(), (req, res) => {
  res.status(201).json({ chatId: req.params.id, ...(req.body as object) })
})

const server = createServer(api)
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  process.stdout.write(`express listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit())
