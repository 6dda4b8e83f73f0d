import { backoffMs } from '../async/backoff.js'
import { delay } from '../async/delay.js'
import { createEmitter } from '../async/emitter.js'
import type { Api } from '../rest/api.js'
import type { EventFeed } from '../realtime/event-feed.js'
import type { Message, OtherEvent, Participant, SharedChat } from '../realtime/server-events.js'
import type { Outbox, PendingMessage } from '../sending/outbox.js'
import { applyEvent } from './apply-event.js'
import { iterateEvents, type IterateDeps } from './event-iterator.js'
import { loadChat, loadMessages } from './load-chat.js'
import { withMessages } from './messages.js'
import { versionOf, type ChatSnapshot } from './snapshot.js'

/** What a client shows of a chat. */
export interface ChatState {
  chat: SharedChat
  participants: readonly Participant[]
  /** The loaded messages, ascending by `seq`. */
  messages: readonly Message[]
  /** What this client has sent and the server has not accepted yet: shown below `messages`. */
  pending: readonly PendingMessage[]
  pinnedIds: readonly string[]
  /** Whether `loadOlder` would find more. */
  hasOlder: boolean
  /** Whether the user still takes part. */
  isParticipant: boolean
}

/** A chat that keeps itself up to date. */
export interface LiveChat {
  readonly state: ChatState
  /** Calls the listener after each change of `state`. */
  onChange(listener: (state: ChatState) => void): () => void
  /** Loads the page of messages before those that are loaded. */
  loadOlder(): Promise<void>
  /** Stops following the chat. */
  close(): void
}

export interface LiveChatDeps extends IterateDeps {
  api: Pick<Api, 'get'>
  feed: IterateDeps['feed'] & Pick<EventFeed, 'onOtherEvent'>
  outbox: Pick<Outbox, 'pending' | 'onChange' | 'onSent'>
  onFailure: (error: unknown) => void
}

/** Loads a chat and follows it from the version of the snapshot on; loads it again where the server asks for that. */
export async function openChat(
  chatId: string,
  { pageSize = 50 }: { pageSize?: number },
  deps: LiveChatDeps,
): Promise<LiveChat> {
  const { api, feed, outbox, fetchEvents } = deps
  const changes = createEmitter<ChatState>()
  const closing = new AbortController()
  const { signal } = closing
  let snapshot = await loadChat(api, chatId, pageSize)
  /** Up to here all events are applied. */
  let applied = versionOf(snapshot)
  let isParticipant = true

  const stateOf = (): ChatState => ({
    chat: snapshot.chat.value,
    participants: snapshot.participants.value,
    messages: snapshot.messages.value,
    pending: outbox.pending(chatId),
    pinnedIds: snapshot.pinnedIds.value,
    hasOlder: snapshot.hasOlder,
    isParticipant,
  })
  let state = stateOf()

  function update(next: ChatSnapshot): void {
    snapshot = next
    state = stateOf()
    changes.emit(state)
  }

  async function follow(): Promise<void> {
    for (let isCurrent = true; isCurrent;) {
      isCurrent = false
      for await (const event of iterateEvents(chatId, { after: applied, signal }, deps)) {
        if (event.event === 'resync') {
          const loaded = await loadChat(api, chatId, pageSize)
          applied = versionOf(loaded)
          update(loaded)
          isCurrent = true
          break
        }
        applied = event.payload.version
        update(applyEvent(snapshot, event))
      }
    }
    isParticipant = signal.aborted || deps.closed.aborted
    update(snapshot)
  }

  /** The snapshot with the events that it lacks of what is applied: another node may have answered, which had not read as far. */
  async function caughtUp(page: ChatSnapshot): Promise<ChatSnapshot> {
    let [next, attempt] = [page, 0]
    while (next.messages.version < applied) {
      const { events } = await fetchEvents(chatId, next.messages.version, signal)
      next = events.reduce(applyEvent, next)
      if (events.length === 0) await delay(backoffMs(attempt++, { firstMs: 50, maxMs: 2_000 }), signal)
      signal.throwIfAborted()
    }
    return next
  }

  async function loadOlder(): Promise<void> {
    const before = snapshot.messages.value[0]?.seq
    if (before === undefined || !snapshot.hasOlder) return
    const { hasOlder, ...messages } = await loadMessages(api, chatId, { before, limit: pageSize })
    const page = await caughtUp({ ...snapshot, messages })
    const older = page.messages.value.filter(({ seq }) => seq < before)
    update({
      ...snapshot,
      hasOlder,
      messages: { ...snapshot.messages, value: withMessages(snapshot.messages.value, older) },
    })
  }

  function changeUser({ event, payload }: OtherEvent): void {
    if (event === 'read' && payload.chatId === chatId)
      update(withParticipant(snapshot, payload.userId, (participant) => ({ ...participant, readSeq: payload.seq })))
    if (event === 'profile_changed')
      update(withParticipant(snapshot, payload.id, (participant) => ({ ...participant, ...payload })))
  }

  const listeners = [
    feed.onOtherEvent(changeUser),
    outbox.onChange((changed) => changed === chatId && update(snapshot)),
    // Its event may come later than the answer to the sender.
    outbox.onSent((message) => {
      if (message.chatId !== chatId) return
      const { version, value } = snapshot.messages
      update({ ...snapshot, messages: { version, value: withMessages(value, [message]) } })
    }),
  ]
  signal.addEventListener('abort', () => listeners.forEach((stop) => stop()))
  follow().catch(deps.onFailure)

  return {
    get state() {
      return state
    },
    onChange: (listener) => changes.listen(listener),
    loadOlder,
    close: () => closing.abort(),
  }
}

function withParticipant(
  snapshot: ChatSnapshot,
  userId: string,
  change: (participant: Participant) => Participant,
): ChatSnapshot {
  const { version, value } = snapshot.participants
  return {
    ...snapshot,
    participants: { version, value: value.map((each) => (each.id === userId ? change(each) : each)) },
  }
}
