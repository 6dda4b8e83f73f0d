import type { ChatCommand, Chat, ChatRejection } from '../domain/chat/chat.js'
import { chatDecider } from '../domain/chat/chat.js'
import type { ChatEvent, Role } from '../domain/chat/events.js'
import type { Decider } from '../domain/decider.js'
import type { EventShape } from '../domain/event.js'
import { orderedMap } from '../domain/ordered-map.js'
import type { InboxEvent } from '../domain/inbox/events.js'
import { inboxDecider, type Inbox, type InboxCommand } from '../domain/inbox/inbox.js'
import type { RolesEvent } from '../domain/roles/events.js'
import {
  rolesDecider,
  type Roles,
  type RolesCommand,
  type RolesRejection,
  type Standing,
} from '../domain/roles/roles.js'
import type { UserEvent } from '../domain/user/events.js'
import { userDecider, type User, type UserCommand, type UserRejection } from '../domain/user/user.js'

/** How commands of one kind of stream are handled. */
export interface StreamKind<Command, State, Event extends EventShape, Rejection> {
  decider: Decider<Command, State, Event, Rejection>
  /** How much of the state cache a state takes: 1 and one for each entry it holds. */
  weigh(state: State): number
  /** Whether "already so" may be answered from a cached state (only where a later state cannot take it back). */
  staleAlreadySo: boolean
  /** How a state is kept as JSON. */
  snapshot: {
    /** To be raised with every change of `evolve` or of the state, so that older snapshots are left unread. */
    evolveVersion: number
    toJson(state: State): unknown
    /** Of what `toJson` gave under the same version. */
    fromJson(json: unknown): State
  }
}

type OpenChat = Extract<Chat, { status: 'open' }>
type OpenChatJson = Omit<OpenChat, 'participants'> & { participants: [string, Role][] }

export const chatKind: StreamKind<ChatCommand, Chat, ChatEvent, ChatRejection> = {
  decider: chatDecider,
  weigh: (chat) => (chat.status === 'open' ? 1 + chat.participants.size : 1),
  staleAlreadySo: false,
  snapshot: {
    evolveVersion: 1,
    toJson: (chat) => (chat.status === 'open' ? { ...chat, participants: [...chat.participants] } : chat),
    fromJson(json) {
      const chat = json as { status: 'absent' } | OpenChatJson
      return chat.status === 'open' ? { ...chat, participants: orderedMap(chat.participants) } : chat
    },
  },
}

export const userKind: StreamKind<UserCommand, User, UserEvent, UserRejection> = {
  decider: userDecider,
  weigh: () => 1,
  staleAlreadySo: false,
  snapshot: { evolveVersion: 1, toJson: (user) => user, fromJson: (json) => json as User },
}

export const rolesKind: StreamKind<RolesCommand, Roles, RolesEvent, RolesRejection> = {
  decider: rolesDecider,
  weigh: ({ people }) => 1 + people.size,
  staleAlreadySo: false,
  snapshot: {
    evolveVersion: 1,
    toJson: ({ version, people }) => ({ version, people: [...people] }),
    fromJson(json) {
      const { version, people } = json as { version: number; people: [string, Standing][] }
      return { version, people: new Map(people) }
    },
  },
}

export const inboxKind: StreamKind<InboxCommand, Inbox, InboxEvent, never> = {
  decider: inboxDecider,
  weigh: (inbox) => 1 + inbox.size,
  staleAlreadySo: true,
  snapshot: {
    evolveVersion: 1,
    toJson: (inbox) => [...inbox],
    fromJson: (json) => orderedMap(json as [string, number][]),
  },
}
