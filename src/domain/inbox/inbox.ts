import { accepting, type Decider, type Outcome } from '../decider.js'
import type { Folded } from '../event.js'
import { orderedMap, type OrderedMap } from '../ordered-map.js'
import type { InboxEvent } from './events.js'

/** `seq` is at most the chat's last one, and the person takes part in the chat: facts of the chat's own stream. */
export interface InboxCommand {
  type: 'MarkRead'
  userId: string
  chatId: string
  seq: number
}

/** The furthest marker by chat id. */
export type Inbox = OrderedMap<number>

const accept = accepting<InboxEvent>()

export const inboxDecider: Decider<InboxCommand, Inbox, InboxEvent, never> = {
  initial: orderedMap(),
  decide,
  evolve,
}

function decide({ userId, chatId, seq }: InboxCommand, inbox: Inbox): Outcome<InboxEvent, never> {
  if (seq <= (inbox.get(chatId) ?? 0)) return accept()
  return accept({ type: 'ChatsRead', userId, chats: [{ chatId, seq }] })
}

function evolve(inbox: Inbox, event: Folded<InboxEvent>): Inbox {
  return event.chats.reduce((markers, { chatId, seq }) => markers.with(chatId, seq), inbox)
}
