import type { ChatCommand, ChatRejection } from '../../domain/chat/commands.js'
import { chatDecider } from '../../domain/chat/chat.js'
import type { ChatEvent } from '../../domain/chat/events.js'
import { evolveMessage, messageOf, type MessageFact } from '../../domain/chat/message-fact.js'
import type { Chat, Invite, OpenChat, Participant } from '../../domain/chat/state.js'
import { orderedMap } from '../../domain/ordered-map.js'
import type { EntityEvent, EntityQuestion } from '../pipeline/entity.js'
import type { StreamKind } from '../pipeline/stream-kind.js'

type OpenChatJson = Omit<OpenChat, 'participants' | 'past' | 'banned' | 'invites'> & {
  participants: [string, Participant][]
  past: [string, Participant['spans']][]
  banned: [string, true][]
  invites: [string, Invite][]
}

/** A chat; its entities are its messages. */
export const chatKind: StreamKind<ChatCommand, Chat, ChatEvent, ChatRejection, MessageFact> = {
  decider: chatDecider,
  weigh: (chat) =>
    chat.status === 'open'
      ? 1 + 2 * (chat.participants.size + chat.past.size) + chat.banned.size + chat.invites.size
      : 1,
  entities: { entityIdOf: messageOf, questionOf, evolveFact, withFact },
  snapshot: {
    evolveVersion: 4,
    toJson(chat) {
      if (chat.status === 'absent') return chat
      const { participants, past, banned, invites } = chat
      return {
        ...chat,
        participants: [...participants],
        past: [...past],
        banned: [...banned],
        invites: [...invites],
      }
    },
    fromJson(json) {
      const chat = json as { status: 'absent' } | OpenChatJson
      if (chat.status === 'absent') return chat
      const { participants, past, banned, invites } = chat
      return {
        ...chat,
        participants: orderedMap(participants),
        past: orderedMap(past),
        banned: orderedMap(banned),
        invites: orderedMap(invites),
      }
    },
  },
}

function questionOf(command: ChatCommand): EntityQuestion | null {
  switch (command.type) {
    case 'SendMessage':
      return command.replyTo === undefined ? null : { entityId: command.replyTo.messageId, userId: command.senderId }
    case 'EditMessage':
    case 'DeleteMessage':
    case 'PinMessage':
      return { entityId: command.messageId, userId: command.by }
    case 'React':
      return { entityId: command.messageId, userId: command.userId }
    case 'AddLinkPreviews':
      return { entityId: command.messageId, userId: null }
    default:
      return null
  }
}

/** A message that is decided but not appended is not known yet: no client has been told of it. */
function evolveFact(
  fact: MessageFact,
  { event, version, at }: EntityEvent<ChatEvent>,
  userId: string | null,
): MessageFact {
  if (at === null && fact.status === 'absent') return fact
  return evolveMessage(fact, { event, version, at: at ?? '' }, userId)
}

function withFact(command: ChatCommand, message: MessageFact): ChatCommand {
  if (command.type === 'SendMessage')
    return command.replyTo === undefined ? command : { ...command, replyTo: { ...command.replyTo, message } }
  return 'message' in command ? { ...command, message } : command
}
