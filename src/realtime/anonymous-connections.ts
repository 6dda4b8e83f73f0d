import type { IncomingMessage, ServerResponse } from 'node:http'
import { addressKey } from '../limits/address-key.js'
import { cutOff, type Connection } from './connection.js'
import type { RealtimeServer } from './protocol.js'

export interface AnonymousBounds {
  /** From the connection's opening to an accepted token. */
  authenticateMs: number
  /** Bytes received before that: of one connection, of all from one source, and in all. */
  bytesOfOne: number
  bytesOfSource: number
  bytesInAll: number
}

const BOUNDS: AnonymousBounds = {
  authenticateMs: 10_000,
  bytesOfOne: 64 * 1024,
  bytesOfSource: 1024 * 1024,
  bytesInAll: 64 * 1024 * 1024,
}

/** What a connection costs before it has sent anything: its objects here, and its buffers in the kernel. */
const BYTES_PER_CONNECTION = 1024

/** Packets of Socket.IO that announce binary attachments, to wait for those. */
const ANNOUNCES_BINARY = /^[56]/

export interface AnonymousConnections {
  /** Its token was accepted: from now on the bounds of its user hold. */
  authenticated(connection: Connection): void
}

interface Entry {
  source: string
  bytes: number
  end(): void
}

interface Packet {
  type: string
  data?: unknown
}

/**
 * Bounds what connections hold of this node before they have authenticated: time, bytes as they arrive, and no binary at all. One that passes
 * a bound is terminated.
 */
export function boundAnonymousConnections(
  io: RealtimeServer,
  clientAddress: (request: IncomingMessage) => { ip: string },
  bounds: AnonymousBounds = BOUNDS,
): AnonymousConnections {
  const entries = new Map<Connection, Entry>()
  const bytesOfSources = new Map<string, number>()
  let bytesInAll = 0

  function add(connection: Connection, bytes: number): void {
    const entry = entries.get(connection)
    if (entry === undefined) return
    const ofSource = (bytesOfSources.get(entry.source) ?? 0) + bytes
    entry.bytes += bytes
    bytesInAll += bytes
    bytesOfSources.set(entry.source, ofSource)
    if (entry.bytes > bounds.bytesOfOne || ofSource > bounds.bytesOfSource || bytesInAll > bounds.bytesInAll)
      cutOff(connection)
  }

  function forget(connection: Connection): void {
    const entry = entries.get(connection)
    if (entry === undefined) return
    entries.delete(connection)
    entry.end()
    bytesInAll -= entry.bytes
    const left = (bytesOfSources.get(entry.source) ?? 0) - entry.bytes
    if (left > 0) bytesOfSources.set(entry.source, left)
    else bytesOfSources.delete(entry.source)
  }

  function countRawBytes(connection: Connection, { socket }: IncomingMessage): () => void {
    const count = (chunk: Buffer): void => add(connection, chunk.length)
    socket.on('data', count)
    return () => socket.off('data', count)
  }

  function refuseBinary(connection: Connection): () => void {
    const look = ({ type, data }: Packet): void => {
      if (type === 'message' && (typeof data !== 'string' || ANNOUNCES_BINARY.test(data))) cutOff(connection)
    }
    connection.on('packet', look)
    return () => connection.off('packet', look)
  }

  io.engine.on('connection', (connection: Connection) => {
    const { request, transport } = connection
    const timer = setTimeout(() => cutOff(connection), bounds.authenticateMs)
    const stops = [refuseBinary(connection), () => clearTimeout(timer)]
    if (transport.name === 'websocket') stops.push(countRawBytes(connection, request))
    const source = addressKey(clientAddress(request).ip)
    entries.set(connection, { source, bytes: 0, end: () => stops.forEach((stop) => stop()) })
    connection.once('close', () => forget(connection))
    add(connection, BYTES_PER_CONNECTION)
  })

  /** What arrives for a connection by another request than the one that opened it: polls, and an upgrade to a websocket. */
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const id = new URLSearchParams(request.url?.split('?')[1]).get('sid') ?? ''
    const connection = (io.engine as unknown as { clients: Record<string, Connection | undefined> }).clients[id]
    if (connection === undefined || !entries.has(connection)) {
      next()
      return
    }
    if (request.headers.upgrade !== undefined) countRawBytes(connection, request)
    if (request.method === 'POST') add(connection, Number(request.headers['content-length'] ?? Infinity))
    if (entries.has(connection)) next()
    else response.writeHead(413, { Connection: 'close' }).end()
  })

  return { authenticated: forget }
}
