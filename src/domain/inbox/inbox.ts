import { accepting, assertNever, type Decider, type Outcome } from '../decider.js'
import type { PublicEvent } from '../event.js'
import { orderedMap, type OrderedMap } from '../ordered-map.js'
import type { ChatsRead, InboxEvent } from './events.js'

/** `seq` is at most the chat's last one, and the user takes part in the chat: facts of the chat's stream. */
export type InboxCommand =
  | { type: 'MarkRead'; userId: string; chatId: string; seq: number; unread: boolean }
  | { type: 'MuteChat'; userId: string; chatId: string; muted: boolean }
  | { type: 'HideChat'; userId: string; chatId: string; hidden: boolean; lastSeq: number }

export interface Inbox {
  /** The last marker by chat id. */
  markers: OrderedMap<number>
  muted: OrderedMap<true>
  /** The seq above which it comes back. */
  hidden: OrderedMap<number>
}

const accept = accepting<InboxEvent>()

/** A user's own settings of their chats. */
export const inboxDecider: Decider<InboxCommand, Inbox, InboxEvent, never> = {
  initial: { markers: orderedMap(), muted: orderedMap(), hidden: orderedMap() },
  decide,
  evolve,
}

function decide(command: InboxCommand, inbox: Inbox): Outcome<InboxEvent, never> {
  const { userId, chatId } = command
  switch (command.type) {
    case 'MarkRead': {
      const { seq, unread } = command
      // own messages move the marker too, and this state does not have them: setting it back is always recorded
      if (unread) return accept({ type: 'ChatsRead', userId, chats: [{ chatId, seq, unread }] })
      if (seq <= (inbox.markers.get(chatId) ?? 0)) return accept()
      return accept({ type: 'ChatsRead', userId, chats: [{ chatId, seq }] })
    }
    case 'MuteChat': {
      const { muted } = command
      return inbox.muted.has(chatId) === muted ? accept() : accept({ type: 'ChatMuted', userId, chatId, muted })
    }
    case 'HideChat': {
      const seq = command.hidden ? command.lastSeq : null
      return (inbox.hidden.get(chatId) ?? null) === seq ? accept() : accept({ type: 'ChatHidden', userId, chatId, seq })
    }
    default:
      return assertNever(command)
  }
}

function evolve(inbox: Inbox, event: PublicEvent<InboxEvent>): Inbox {
  switch (event.type) {
    case 'ChatsRead':
      return { ...inbox, markers: marked(inbox.markers, event) }
    case 'ChatMuted': {
      const { muted } = inbox
      return { ...inbox, muted: event.muted ? muted.with(event.chatId, true) : muted.without(event.chatId) }
    }
    case 'ChatHidden': {
      const { hidden } = inbox
      const { chatId, seq } = event
      return { ...inbox, hidden: seq === null ? hidden.without(chatId) : hidden.with(chatId, seq) }
    }
    default:
      return assertNever(event)
  }
}

const marked = (markers: Inbox['markers'], { chats }: PublicEvent<ChatsRead>): Inbox['markers'] =>
  chats.reduce((all, { chatId, seq }) => all.with(chatId, seq), markers)
