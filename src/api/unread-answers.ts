import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

export interface UnreadBounds {
  /** Time for a client to read an answer that is complete. */
  readMs: number
  /** Requests on one connection that wait for their answers (HTTP pipelining). */
  pipelined: number
  /** Bytes of answers that wait to be read: on one connection behind its first answer, and in all. */
  bytesQueued: number
  bytesInAll: number
  /** How often it is checked, while there are answers to check. */
  checkMs: number
}

const BOUNDS: UnreadBounds = {
  readMs: 30_000,
  pipelined: 32,
  bytesQueued: 4 * 1024 * 1024,
  bytesInAll: 128 * 1024 * 1024,
  checkMs: 500,
}

export interface UnreadAnswers {
  /** For the server to make its responses of. */
  Response: typeof ServerResponse
  /** Answers leave in the order of their requests, so when this one is out all are; undefined where none is under way. */
  lastOn(socket: Socket): ServerResponse | undefined
}

/** The answers under way on one connection, in the order of their requests; the value is when it was first seen complete and unread. */
type Answers = Map<ServerResponse, number | null>

/** Ends connections whose clients do not read their answers, so that what waits for them in memory stays bounded. */
export function boundUnreadAnswers(given: Partial<UnreadBounds> = {}): UnreadAnswers {
  const bounds = { ...BOUNDS, ...given }
  const connections = new Map<Socket, Answers>()
  let timer: NodeJS.Timeout | undefined

  function begin(socket: Socket, response: ServerResponse): void {
    const answers = connections.get(socket) ?? new Map<ServerResponse, number | null>()
    connections.set(socket, answers.set(response, null))
    response.once('close', () => {
      answers.delete(response)
      if (answers.size === 0) connections.delete(socket)
    })
    if (answers.size > bounds.pipelined) socket.destroy()
    timer ??= setTimeout(check, bounds.checkMs).unref()
  }

  function check(): void {
    timer = connections.size === 0 ? undefined : setTimeout(check, bounds.checkMs).unref()
    const now = performance.now()
    for (const [socket, answers] of connections) if (isLate(answers, now) || isQueueFull(answers)) socket.destroy()
    boundAll()
  }

  function isLate(answers: Answers, now: number): boolean {
    const [first] = answers
    if (first === undefined) return false
    const [response, since] = first
    if (!response.writableEnded) return false
    if (since === null) answers.set(response, now)
    return since !== null && now - since >= bounds.readMs
  }

  const isQueueFull = (answers: Answers): boolean => {
    const [, ...queued] = answers.keys()
    return bytesOf(queued) > bounds.bytesQueued
  }

  /** Those with the most go first. */
  function boundAll(): void {
    const waiting = [...connections].map(([socket, answers]) => ({ socket, bytes: bytesOf([...answers.keys()]) }))
    let total = waiting.reduce((sum, { bytes }) => sum + bytes, 0)
    if (total <= bounds.bytesInAll) return
    for (const { socket, bytes } of waiting.sort((a, b) => b.bytes - a.bytes)) {
      if (total <= bounds.bytesInAll) return
      socket.destroy()
      total -= bytes
    }
  }

  class TrackedResponse extends ServerResponse {
    constructor(request: IncomingMessage) {
      super(request)
      begin(request.socket, this)
    }
  }

  return {
    Response: TrackedResponse as typeof ServerResponse,
    lastOn: (socket) => [...(connections.get(socket)?.keys() ?? [])].at(-1),
  }
}

const bytesOf = (responses: readonly ServerResponse[]): number =>
  responses.reduce((sum, { writableLength }) => sum + writableLength, 0)
