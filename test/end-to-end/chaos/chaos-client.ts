import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import type { Randoms } from '../../support/randoms.js'
import type { NodeProcess } from './node-process.js'
import { ReceivedChat, type Frame } from './received-chat.js'

export interface ChaosUser {
  id: string
  token: string
}

export interface Answer {
  /** 0 where there was no answer. */
  status: number
  body: unknown
}

const REST_MS = 10_000
const CONNECT_MS = 4_000
/** A client that is not `ready` by then tries another node. */
const READY_MS = 20_000
const PAGE = 50

/** A device of a user: one socket at whatever node runs, cursors, and what it received. It comes back by itself until it is closed. */
export class ChaosClient {
  readonly chats = new Map<string, ReceivedChat>()
  readonly problems: string[] = []
  /** How often something happened that is allowed. */
  readonly counts: Record<string, number> = {}
  isReady = false
  isClosed = false
  #socket: Socket | null = null
  /** Counts connections: what belongs to an earlier one is ignored. */
  #connection = 0
  #asked: Record<string, number> = {}
  /** After this the client connects again. */
  #reconnectMs = 0
  readonly #fetching = new Set<Promise<void>>()

  constructor(
    readonly name: string,
    readonly user: ChaosUser,
    readonly nodes: readonly NodeProcess[],
    readonly randoms: Randoms,
  ) {}

  /** Connects, and again whenever the connection ends. */
  async run(): Promise<void> {
    while (!this.isClosed) {
      const url = this.#someUrl()
      if (url !== null) await this.#connectOnce(url)
      await pause(this.#reconnectMs || 50 + this.randoms.below(300))
      this.#reconnectMs = 0
    }
    await Promise.all(this.#fetching)
  }

  close(): void {
    this.isClosed = true
    this.leave()
  }

  /** Ends the connection; the client comes back, perhaps to another node. */
  leave(): void {
    this.#socket?.disconnect()
  }

  /** Loses the connection without telling the server. */
  drop(): void {
    this.#socket?.io.engine.close()
  }

  /** The ack's value; null where there was none. */
  async emit(event: string, payload: object): Promise<AckAnswer | null> {
    if (!this.isReady) return null
    try {
      return (await this.#socket?.timeout(REST_MS).emitWithAck(event, payload)) as AckAnswer
    } catch {
      return null
    }
  }

  /** Asks for what is missed of a chat on the live socket. */
  async sync(chatId: string): Promise<void> {
    const chat = this.chats.get(chatId)
    if (chat === undefined || !this.isReady || !chat.isIn || chat.historyEnd !== null) return
    const connection = this.#connection
    const { cursor } = chat
    // The events follow the ack at once: they belong to it only if it is handled in the same tick.
    this.#socket?.emit('sync', { cursors: { [chatId]: cursor } }, ({ ok, behind = {} }: SyncAnswer) => {
      if (connection !== this.#connection) return
      if (!ok) this.leave()
      else if (behind[chatId] !== undefined) chat.catchUp(cursor, cursor + behind[chatId])
    })
    await pause(0)
  }

  /** The answer of some node. `key`: by which it may be repeated. */
  async call(method: string, path: string, body?: object, key?: string): Promise<Answer> {
    const url = this.#someUrl()
    if (url === null) return { status: 0, body: null }
    return call(url, this.user.token, { method, path, body, key })
  }

  #someUrl(): string | null {
    const urls = this.nodes.flatMap(({ url }) => url ?? [])
    return urls[this.randoms.below(urls.length)] ?? null
  }

  /** Resolves once the connection has ended. */
  async #connectOnce(url: string): Promise<void> {
    const connection = ++this.#connection
    this.#asked = Object.fromEntries(
      [...this.chats.values()].filter(({ isIn }) => isIn).map(({ chatId, cursor }) => [chatId, cursor]),
    )
    for (const [chatId, cursor] of Object.entries(this.#asked)) this.#chat(chatId).catchUp(cursor)
    const socket = io(url, {
      auth: { token: this.user.token, cursors: this.#asked },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: CONNECT_MS,
    })
    this.#socket = socket
    await new Promise<void>((resolve) => {
      const impatient = setTimeout(() => end('not ready in time'), READY_MS)
      const end = (why: string): void => {
        clearTimeout(impatient)
        if (connection !== this.#connection) return
        this.#count(why)
        this.#connection++
        this.isReady = false
        for (const chat of this.chats.values()) chat.disconnected()
        socket.disconnect()
        resolve()
      }
      const isCurrent = (): boolean => connection === this.#connection
      socket.on('ready', ({ chats }: { chats: Record<string, { version: number }> }) => {
        clearTimeout(impatient)
        if (isCurrent()) this.#becomeReady(chats)
      })
      socket.on('server_draining', ({ reconnectAfterMs }: { reconnectAfterMs: number }) => {
        this.#count('server_draining')
        this.#reconnectMs = Math.min(reconnectAfterMs, 2_000)
      })
      socket.on('error', ({ code }: { code: string }) => this.#count(`error: ${code}`))
      socket.on('connect_error', (error) => end(`refused: ${codeOf(error)}`))
      socket.on('disconnect', (reason) => end(`disconnected: ${reason}`))
      socket.onAny((event: string, payload: object) => {
        if (isCurrent() && 'version' in payload) this.#receiveFrame({ event, payload } as Frame)
      })
    })
  }

  #receiveFrame(frame: Frame): void {
    const { chatId } = frame.payload
    const chat = this.#chat(chatId)
    if (frame.event === 'resync') this.#count('resync')
    chat.receive(frame)
    if (this.isReady) this.#fetch(chat)
  }

  #becomeReady(chats: Record<string, { version: number }>): void {
    this.isReady = true
    for (const chat of this.chats.values()) {
      if (chats[chat.chatId] === undefined) chat.ended()
    }
    for (const [chatId, { version }] of Object.entries(chats)) {
      const chat = this.#chat(chatId)
      chat.ready(version, this.#asked[chatId] !== undefined)
      this.#fetch(chat)
    }
  }

  #chat(chatId: string): ReceivedChat {
    const known = this.chats.get(chatId)
    if (known !== undefined) return known
    const chat = new ReceivedChat(chatId, this.user.id, (problem) =>
      this.problems.push(`${this.name} in chat ${chatId}: ${problem}`),
    )
    this.chats.set(chatId, chat)
    return chat
  }

  readonly #fetched = new Set<ReceivedChat>()

  /** Fetches what is missing of the chat, page by page, until nothing is or the connection ends. */
  #fetch(chat: ReceivedChat): void {
    if (chat.historyEnd === null || this.#fetched.has(chat)) return
    this.#fetched.add(chat)
    const done = this.#fetchPages(chat).finally(() => {
      this.#fetched.delete(chat)
      this.#fetching.delete(done)
      if (this.isReady) this.#fetch(chat)
    })
    this.#fetching.add(done)
  }

  async #fetchPages(chat: ReceivedChat): Promise<void> {
    const connection = this.#connection
    while (connection === this.#connection && chat.historyEnd !== null) {
      const { cursor, historyEnd } = chat
      const { status, body } = await this.call('GET', `/chats/${chat.chatId}/events?after=${cursor}&limit=${PAGE}`)
      if (connection !== this.#connection) return
      const isSame = chat.cursor === cursor && chat.historyEnd === historyEnd
      if (status === 200 && isSame) chat.fetched(body as Frame[])
      else await pause(100)
    }
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }
}

export interface AckAnswer {
  ok: boolean
  message?: { id: string }
  error?: { status: number; code: string }
}

const codeOf = (error: Error & { data?: { code?: string } }): string => error.data?.code ?? error.message

interface SyncAnswer {
  ok: boolean
  behind?: Record<string, number>
}

interface Request {
  method: string
  path: string
  body?: object | undefined
  key?: string | undefined
  timeoutMs?: number
}

export async function call(url: string, token: string, request: Request): Promise<Answer> {
  const { method, path, body, key, timeoutMs = REST_MS } = request
  try {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
  } catch {
    return { status: 0, body: null }
  }
}
