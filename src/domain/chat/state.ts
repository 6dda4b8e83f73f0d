import type { OrderedMap } from '../ordered-map.js'
import { visibleRanges, type Membership, type VersionRange, type VisibilitySetting } from '../visibility.js'
import type { ChatType, JoinPolicy, Role } from './events.js'

export type Chat = { status: 'absent' } | OpenChat

export interface Participant {
  role: Role
  /** Of a bot. */
  ownerId?: string
  /** From the version at which each span of taking part began to that at which it ended; the last has no end. */
  spans: readonly Membership[]
}

export interface Invite {
  /** Null: never. */
  expiresAt: string | null
  /** Null: as often as one likes. */
  usesLeft: number | null
}

/** Invites without uses left are removed already. */
export const hasEnded = ({ expiresAt }: Invite, now: string): boolean => expiresAt !== null && expiresAt <= now

export interface OpenChat {
  status: 'open'
  /** Of the last event. */
  version: number
  chatType: ChatType
  /** In the order in which they came. */
  participants: OrderedMap<Participant>
  /** The spans of those who once took part, and may come back. */
  past: OrderedMap<readonly Membership[]>
  banned: OrderedMap<true>
  /** By the hash of their codes; those without uses left are removed. */
  invites: OrderedMap<Invite>
  /** Each from its version on; the first begins with the chat. */
  visibility: readonly VisibilitySetting[]
  joinPolicy: JoinPolicy
  imported: boolean
  archived: boolean
  pins: number
  lastSeq: number
  /** The months (`yyyy-mm`) whose messages are erased: no text of them can be sealed any more. */
  expiredMonths: readonly string[]
  /** The last imported line of the chat, 0 for none. */
  lastLine: number
}

export const roleOf = ({ participants }: OpenChat, userId: string): Role | undefined => participants.get(userId)?.role

/** What a participant may see of the chat; nothing for anyone else. */
export const rangesOf = ({ participants, visibility }: OpenChat, userId: string): VersionRange[] =>
  visibleRanges(participants.get(userId)?.spans ?? [], visibility)
