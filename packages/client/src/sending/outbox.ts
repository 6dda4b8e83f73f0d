import { backoffMs } from '../async/backoff.js'
import { delay } from '../async/delay.js'
import { createEmitter } from '../async/emitter.js'
import { isTransient, ParleyError } from '../parley-error.js'
import { randomId } from '../random-id.js'
import type { paths } from '../rest/openapi.js'
import type { Message } from '../realtime/server-events.js'

export type MessageInput = Omit<
  paths['/chats/{id}/messages']['post']['requestBody']['content']['application/json'],
  'clientMessageId'
>

/** A message that the server has not accepted yet: a client shows it below the others of its chat. */
export interface PendingMessage {
  chatId: string
  clientMessageId: string
  input: MessageInput
  /** When it was given to `send`, in milliseconds since 1970. */
  at: number
}

export interface SentMessage {
  /** Shown until `sent` settles. */
  pending: PendingMessage
  /** The accepted message. Rejects with a ParleyError where the server refuses it, or the client is closed before. */
  sent: Promise<Message>
}

/** Messages on their way to the server: each chat's in their order, one at a time, kept while there is no connection. */
export interface Outbox {
  send(chatId: string, input: MessageInput): SentMessage
  /** Those of one chat, in their order. */
  pending(chatId: string): readonly PendingMessage[]
  /** Called with the chat whose pending messages changed. */
  onChange(listener: (chatId: string) => void): () => void
  /** Called with each message that was given up, as `sent` rejects. */
  onRefused(listener: (refused: { pending: PendingMessage; error: ParleyError }) => void): () => void
  /** Called with each message that the server accepted, before it ceases to be pending. */
  onSent(listener: (message: Message) => void): () => void
  /** A message came over another way, such as a socket: it needs no more sending. */
  accepted(message: Message): void
  /** Gives up all that is pending. */
  clear(code: 'closed' | 'signed-out'): void
}

export interface OutboxDeps {
  /** Sends once. @throws ParleyError */
  transmit(message: PendingMessage): Promise<Message>
  /** Resolves when there is a connection, or when `signal` aborts. */
  online(signal: AbortSignal): Promise<void>
  /** Most messages that may wait, of all chats together. */
  maxPending?: number
  now?: () => number
}

interface Entry extends PendingMessage {
  resolve(message: Message): void
  reject(error: ParleyError): void
}

/** The key makes a repeat safe: the server sends nothing twice. */
const isRetried = (error: unknown): error is ParleyError =>
  isTransient(error) || (error instanceof ParleyError && error.status === 401)

export function createOutbox({ transmit, online, maxPending = 1_000, now = Date.now }: OutboxDeps): Outbox {
  const queues = new Map<string, Entry[]>()
  const changes = createEmitter<string>()
  const sents = createEmitter<Message>()
  const refusals = createEmitter<{ pending: PendingMessage; error: ParleyError }>()
  let closing = new AbortController()

  const size = (): number => [...queues.values()].reduce((sum, { length }) => sum + length, 0)

  /** Removes the message, unless that was done before. */
  function settle(entry: Entry, how: () => void): void {
    const queue = queues.get(entry.chatId)
    const index = queue?.indexOf(entry) ?? -1
    if (queue === undefined || index === -1) return
    queue.splice(index, 1)
    how()
    changes.emit(entry.chatId)
  }

  function accept(entry: Entry, message: Message): void {
    sents.emit(message)
    settle(entry, () => entry.resolve(message))
  }

  function refuse(entry: Entry, error: ParleyError): void {
    settle(entry, () => entry.reject(error))
    const { resolve: _, reject: _1, ...pending } = entry
    refusals.emit({ pending, error })
  }

  /** Null where the message is settled, else the milliseconds before it is sent again. */
  async function transmitOnce(entry: Entry, failures: number): Promise<number | null> {
    try {
      accept(entry, await transmit(entry))
    } catch (error) {
      if (isRetried(error)) return pauseMs(error, failures)
      refuse(entry, asParleyError(error))
    }
    return null
  }

  async function work(chatId: string, queue: Entry[], signal: AbortSignal): Promise<void> {
    const isClosed = (): boolean => signal.aborted
    let failures = 0
    for (let entry = queue[0]; entry !== undefined && !isClosed(); entry = queue[0]) {
      await online(signal)
      if (isClosed()) break
      const wait = await transmitOnce(entry, failures++)
      if (wait === null) failures = 0
      else await delay(wait, signal)
    }
    if (queues.get(chatId) === queue) queues.delete(chatId)
  }

  return {
    send(chatId, input) {
      const pending = { chatId, clientMessageId: randomId(), input, at: now() }
      if (size() >= maxPending)
        return {
          pending,
          sent: Promise.reject(new ParleyError({ code: 'outbox-full', title: 'Too many messages wait' })),
        }
      const sent = new Promise<Message>((resolve, reject) => {
        const entry = { ...pending, resolve, reject }
        const queue = queues.get(chatId)
        if (queue !== undefined) queue.push(entry)
        else {
          const started = [entry]
          queues.set(chatId, started)
          void work(chatId, started, closing.signal)
        }
      })
      sent.catch(() => undefined) // `onRefused` reports it to those who do not wait for it
      changes.emit(chatId)
      return { pending, sent }
    },
    pending: (chatId) => queues.get(chatId) ?? [],
    onChange: (listener) => changes.listen(listener),
    onSent: (listener) => sents.listen(listener),
    onRefused: (listener) => refusals.listen(listener),
    accepted(message) {
      const entry = queues
        .get(message.chatId)
        ?.find(({ clientMessageId }) => clientMessageId === message.clientMessageId)
      if (entry !== undefined) accept(entry, message)
    },
    clear(code) {
      closing.abort()
      closing = new AbortController()
      const all = [...queues.values()].flat()
      const error = new ParleyError({ code, title: 'The message was not sent' })
      for (const entry of all) refuse(entry, error)
      queues.clear()
    },
  }
}

/** The connection that was lost comes back by itself: `online` waits for it. */
function pauseMs({ retryAfterSeconds }: ParleyError, failures: number): number {
  return retryAfterSeconds === null ? backoffMs(failures, { firstMs: 100, maxMs: 10_000 }) : retryAfterSeconds * 1_000
}

const asParleyError = (error: unknown): ParleyError =>
  error instanceof ParleyError ? error : new ParleyError({ code: 'unexpected-answer', title: 'Sending failed' }, error)
