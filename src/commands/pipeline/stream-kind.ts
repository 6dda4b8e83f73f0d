import { chatDecider } from '../../domain/chat/chat.js'
import type { ChatCommand, ChatRejection } from '../../domain/chat/commands.js'
import type { ChatEvent } from '../../domain/chat/events.js'
import { messageOf, type MessageFact } from '../../domain/chat/message-fact.js'
import type { Chat, Invite, OpenChat, Participant } from '../../domain/chat/state.js'
import type { Decider } from '../../domain/decider.js'
import type { Decided, EventShape, PublicEvent } from '../../domain/event.js'
import { orderedMap } from '../../domain/ordered-map.js'
import type { InboxEvent } from '../../domain/inbox/events.js'
import { mergeMarkers } from '../../domain/inbox/merge-markers.js'
import { inboxDecider, type Inbox, type InboxCommand } from '../../domain/inbox/inbox.js'
import type { ModerationEvent } from '../../domain/moderation/events.js'
import {
  moderationDecider,
  type Moderation,
  type ModerationCommand,
  type ModerationRejection,
} from '../../domain/moderation/moderation.js'
import { reportsOf } from '../../domain/moderation/reports.js'
import type { RolesEvent } from '../../domain/roles/events.js'
import {
  rolesDecider,
  type Roles,
  type RolesCommand,
  type RolesRejection,
  type AccountStatus,
} from '../../domain/roles/roles.js'
import type { UserEvent } from '../../domain/user/events.js'
import { userDecider, type User, type UserCommand, type UserRejection } from '../../domain/user/user.js'

export interface AskedMessage {
  messageId: string
  /** Null for the system. */
  userId: string | null
}

/** How commands of one kind of stream are handled. */
export interface StreamKind<Command, State, Event extends EventShape, Rejection> {
  decider: Decider<Command, State, Event, Rejection>
  /** How much of the state cache a state takes: 1 and one for each entry it holds. */
  weigh(state: State): number
  /**
   * The one event that says what both do, the earlier one being not yet appended: for commands that wait together and that nobody can
   * repeat. Null where they must stand apart.
   */
  merge?(earlier: Decided<Event>, later: Decided<Event>): Decided<Event> | null
  /** Where rules about one message are decided: from what the decision index and the stream's last events say of it. */
  messages?: {
    /** The message that an event is about. */
    of(event: PublicEvent<Event>): string | null
    /** The message that a command is about, and who asks. */
    askedBy(command: Command): AskedMessage | null
    give(command: Command, message: MessageFact): Command
  }
  /** How a state is kept as JSON. */
  snapshot: {
    /** To be raised with every change of `evolve` or of the state, so that older snapshots are left unread. */
    evolveVersion: number
    toJson(state: State): unknown
    /** Of what `toJson` gave under the same version. */
    fromJson(json: unknown): State
  }
}

type OpenChatJson = Omit<OpenChat, 'participants' | 'past' | 'banned' | 'invites'> & {
  participants: [string, Participant][]
  past: [string, Participant['spans']][]
  banned: [string, true][]
  invites: [string, Invite][]
}

export const chatKind: StreamKind<ChatCommand, Chat, ChatEvent, ChatRejection> = {
  decider: chatDecider,
  weigh: (chat) =>
    chat.status === 'open'
      ? 1 + 2 * (chat.participants.size + chat.past.size) + chat.banned.size + chat.invites.size
      : 1,
  messages: { of: messageOf, askedBy, give: giveMessage },
  snapshot: {
    evolveVersion: 2,
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

function askedBy(command: ChatCommand): AskedMessage | null {
  switch (command.type) {
    case 'SendMessage':
      return command.replyTo === undefined ? null : { messageId: command.replyTo.messageId, userId: command.senderId }
    case 'EditMessage':
    case 'DeleteMessage':
    case 'PinMessage':
      return { messageId: command.messageId, userId: command.by }
    case 'React':
      return { messageId: command.messageId, userId: command.userId }
    case 'AddLinkPreviews':
      return { messageId: command.messageId, userId: null }
    default:
      return null
  }
}

function giveMessage(command: ChatCommand, message: MessageFact): ChatCommand {
  if (command.type === 'SendMessage')
    return command.replyTo === undefined ? command : { ...command, replyTo: { ...command.replyTo, message } }
  return 'message' in command ? { ...command, message } : command
}

export const userKind: StreamKind<UserCommand, User, UserEvent, UserRejection> = {
  decider: userDecider,
  weigh: (user) => (user.status === 'active' ? 1 + user.blocked.size : 1),
  snapshot: {
    evolveVersion: 2,
    toJson: (user) => (user.status === 'active' ? { ...user, blocked: [...user.blocked] } : user),
    fromJson(json) {
      const user = json as { status: 'absent' } | (Extract<User, { status: 'active' }> & { blocked: [string, true][] })
      return user.status === 'active' ? { ...user, blocked: orderedMap(user.blocked) } : user
    },
  },
}

export const rolesKind: StreamKind<RolesCommand, Roles, RolesEvent, RolesRejection> = {
  decider: rolesDecider,
  weigh: ({ people }) => 1 + people.size,
  snapshot: {
    evolveVersion: 1,
    toJson: ({ version, people }) => ({ version, people: [...people] }),
    fromJson(json) {
      const { version, people } = json as { version: number; people: [string, AccountStatus][] }
      return { version, people: new Map(people) }
    },
  },
}

export const inboxKind: StreamKind<InboxCommand, Inbox, InboxEvent, never> = {
  decider: inboxDecider,
  weigh: ({ markers, muted, hidden }) => 1 + markers.size + muted.size + hidden.size,
  merge: mergeMarkers,
  snapshot: {
    evolveVersion: 2,
    toJson: ({ markers, muted, hidden }) => ({ markers: [...markers], muted: [...muted], hidden: [...hidden] }),
    fromJson(json) {
      type Json = { markers: [string, number][]; muted: [string, true][]; hidden: [string, number][] }
      const { markers, muted, hidden } = json as Json
      return { markers: orderedMap(markers), muted: orderedMap(muted), hidden: orderedMap(hidden) }
    },
  },
}

export const moderationKind: StreamKind<ModerationCommand, Moderation, ModerationEvent, ModerationRejection> = {
  decider: moderationDecider,
  weigh: ({ open, settled, webhooks }) => 1 + open.size + settled.size + webhooks.size,
  snapshot: {
    evolveVersion: 1,
    toJson: ({ open, settled, webhooks }) => ({ open: [...open], settled: [...settled], webhooks: [...webhooks] }),
    fromJson(json) {
      const { open, settled, webhooks } = json as {
        open: [string, { messageId: string; reporterId: string }][]
        settled: [string, true][]
        webhooks: [string, { by: string; on: boolean }][]
      }
      return { ...reportsOf(open, settled), webhooks: orderedMap(webhooks) }
    },
  },
}
