import type { ChatEvent, Message, Participant } from '../realtime/server-events.js'
import { changed, erased, withMessages, withReaction } from './messages.js'
import type { ChatSnapshot, Part } from './snapshot.js'

/**
 * The snapshot with one more event: a snapshot at version v and the events above v are the snapshot of a later version. An event that a part
 * includes already does not change it, nor does one about a message that is not loaded.
 */
export function applyEvent(snapshot: ChatSnapshot, event: ChatEvent): ChatSnapshot {
  const { version } = event.payload
  const next = change(snapshot, event)
  return { ...next, messages: { ...next.messages, version: Math.max(next.messages.version, version) } }
}

function change(snapshot: ChatSnapshot, { event, payload }: ChatEvent): ChatSnapshot {
  switch (event) {
    case 'new_message':
      return sent(snapshot, payload)
    case 'message_edited':
    case 'message_deleted':
      return withChanged(snapshot, payload.version, hasId(payload.message.id), () => payload.message)
    case 'reaction_added':
    case 'reaction_removed':
      return withChanged(snapshot, payload.version, hasId(payload.messageId), (message) =>
        withReaction(message, payload, event === 'reaction_added'),
      )
    case 'link_previews':
      return withChanged(snapshot, payload.version, hasId(payload.messageId), (message) => ({
        ...message,
        linkPreviews: payload.linkPreviews,
      }))
    case 'messages_expired':
      return withChanged(snapshot, payload.version, ({ seq }) => seq < payload.beforeSeq, erased)
    case 'message_pinned':
    case 'message_unpinned': {
      const { messageId, version } = payload
      const pinnedIds = moved(snapshot.pinnedIds, version, (ids) => [
        ...ids.filter((id) => id !== messageId),
        ...(event === 'message_pinned' ? [messageId] : []),
      ])
      // Nothing in the message says so, but its version counts it.
      return { ...withChanged(snapshot, version, hasId(messageId), (message) => message), pinnedIds }
    }
    case 'participant_joined':
      return withParticipants(snapshot, payload.version, (all) => [
        ...without(all, payload.participant),
        payload.participant,
      ])
    case 'participant_left':
    case 'participant_removed':
    case 'participant_banned':
      return withParticipants(snapshot, payload.version, (all) => without(all, payload.participant))
    case 'participant_role_changed': {
      const { id, role } = payload.participant
      return withParticipants(snapshot, payload.version, (all) =>
        all.map((each) => (each.id === id ? { ...each, role } : each)),
      )
    }
    case 'chat_created':
    case 'chat_updated':
    case 'chat_archived':
    case 'chat_unarchived':
      return { ...snapshot, chat: moved(snapshot.chat, payload.version, () => payload.chat) }
    case 'participant_unbanned':
    case 'skipped':
    case 'resync':
      return snapshot
    default:
      return snapshot // of a later server
  }
}

/** One that is not above the version of the messages was sent before those that are loaded. */
function sent(snapshot: ChatSnapshot, message: Message): ChatSnapshot {
  const { version, value } = snapshot.messages
  const isKnown = value.some(({ id }) => id === message.id)
  if (!isKnown && message.version <= version) return snapshot
  return { ...snapshot, messages: { version, value: withMessages(value, [message]) } }
}

const hasId =
  (id: string) =>
  (message: Message): boolean =>
    message.id === id

const withChanged = (
  snapshot: ChatSnapshot,
  version: number,
  matches: (message: Message) => boolean,
  change: (message: Message) => Message,
): ChatSnapshot => ({
  ...snapshot,
  messages: { ...snapshot.messages, value: changed(snapshot.messages.value, version, matches, change) },
})

const withParticipants = (
  snapshot: ChatSnapshot,
  version: number,
  change: (all: Participant[]) => Participant[],
): ChatSnapshot => ({ ...snapshot, participants: moved(snapshot.participants, version, change) })

const moved = <Value>(part: Part<Value>, version: number, change: (value: Value) => Value): Part<Value> =>
  version > part.version ? { version, value: change(part.value) } : part

const without = (all: readonly Participant[], { id }: { id: string }): Participant[] =>
  all.filter((each) => each.id !== id)
