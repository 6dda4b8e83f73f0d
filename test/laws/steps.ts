import fc from 'fast-check'
import type { HistoryVisibility, JoinPolicy, Role } from '../../src/domain/chat/events.js'

/** Numbers stand for people, chats, messages and invites: which ones, the story says when it is played. */
export type Action =
  | { do: 'send'; replyTo: number | null }
  /** `own`: one of the user's own, where there is one. */
  | { do: 'edit' | 'delete'; message: number; own: boolean }
  | { do: 'react'; message: number; emoji: string; on: boolean }
  | { do: 'pin'; message: number; on: boolean }
  | { do: 'join' | 'leave' | 'archive' | 'unarchive' }
  | { do: 'add'; whom: number; role: Role }
  | { do: 'remove' | 'ban' | 'unban'; whom: number }
  | { do: 'change-role'; whom: number; role: Role }
  | { do: 'change'; name?: string; historyVisibility?: HistoryVisibility; joinPolicy?: JoinPolicy }
  | { do: 'invite'; maxUses: number | null }
  | { do: 'join-by-invite' | 'revoke-invite'; invite: number }
  | { do: 'read'; seq: number; unread: boolean }
  | { do: 'mute'; muted: boolean }
  | { do: 'hide'; hidden: boolean }

export type NodeIndex = 0 | 1

export type Step =
  /** `together`: it goes out without waiting for the one before. With a `key`, the client may repeat it. */
  | {
      step: 'act'
      node: NodeIndex
      user: number
      /** The user, and whoever it is about, are those in the chat, or out of it, for whom it makes sense. */
      apt: boolean
      chat: number
      action: Action
      key: number | null
      together: boolean
    }
  /** A projection of one node examines some more events. */
  | { step: 'advance'; node: NodeIndex; what: 'index' | 'conversations'; most: number }
  /** The node forgets all that it holds in memory. */
  | { step: 'restart'; node: NodeIndex }
  /** Someone asks a node for all that they may see of a chat; `nodes` say which node answers which part of it. */
  | { step: 'look'; node: NodeIndex; nodes: NodeIndex[]; user: number; chat: number; limit: number }

const index = fc.nat({ max: 40 })
/** The first are mostly in; the others come and go. */
const user = fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4)
const mostly = fc.constantFrom(true, true, true, false)
const chat = fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2)
const node = fc.constantFrom<NodeIndex>(0, 1)
const role = fc.constantFrom<Role>('owner', 'admin', 'member')
const visibility = fc.constantFrom<HistoryVisibility>('full', 'since-joined')

const actions: [number, fc.Arbitrary<Action>][] = [
  [10, fc.option(index, { freq: 2 }).map((replyTo): Action => ({ do: 'send', replyTo }))],
  [4, fc.record({ do: fc.constant('edit'), message: index, own: mostly })],
  [3, fc.record({ do: fc.constant('delete'), message: index, own: mostly })],
  [5, fc.record({ do: fc.constant('react'), message: index, emoji: fc.constantFrom('👍', '🎉'), on: mostly })],
  [3, fc.record({ do: fc.constant('pin'), message: index, on: mostly })],
  [3, fc.constant({ do: 'join' })],
  [1, fc.constant({ do: 'leave' })],
  [4, fc.record({ do: fc.constant('add'), whom: user, role })],
  [2, fc.record({ do: fc.constantFrom('remove', 'ban', 'unban'), whom: user })],
  [2, fc.record({ do: fc.constant('change-role'), whom: user, role })],
  [2, visibility.map((historyVisibility): Action => ({ do: 'change', historyVisibility }))],
  [1, fc.constantFrom<Action>({ do: 'change', name: 'Renamed' }, { do: 'change', joinPolicy: 'open' })],
  [1, fc.constantFrom<Action>({ do: 'archive' }, { do: 'unarchive' }, { do: 'unarchive' })],
  [1, fc.record({ do: fc.constant('invite'), maxUses: fc.constantFrom(null, 1, 2) })],
  [2, fc.record({ do: fc.constantFrom('join-by-invite', 'revoke-invite'), invite: index })],
  [4, fc.record({ do: fc.constant('read'), seq: fc.nat({ max: 12 }), unread: fc.boolean() })],
  [1, fc.record({ do: fc.constant('mute'), muted: mostly })],
  [1, fc.record({ do: fc.constant('hide'), hidden: mostly })],
]

const action = fc.oneof(...actions.map(([weight, arbitrary]) => ({ weight, arbitrary })))

export type Act = Extract<Step, { step: 'act' }>

export const acts: fc.Arbitrary<Act> = fc.record({
  step: fc.constant('act' as const),
  node,
  user,
  apt: mostly,
  chat,
  action,
  key: fc.option(fc.nat({ max: 5 }), { freq: 2 }),
  together: fc.boolean(),
})
const advance = fc.record({
  step: fc.constant('advance' as const),
  node,
  what: fc.constantFrom('index' as const, 'conversations' as const, 'conversations' as const),
  most: fc.integer({ min: 1, max: 25 }),
})
const restart = fc.record({ step: fc.constant('restart' as const), node })
const look = fc.record({
  step: fc.constant('look' as const),
  node,
  nodes: fc.array(node, { minLength: 3, maxLength: 3 }),
  user,
  chat,
  limit: fc.integer({ min: 1, max: 7 }),
})

/** What several people do in three chats by way of two nodes, whose projections lag behind as it comes. */
export const steps: fc.Arbitrary<Step[]> = fc.noBias(
  fc.array(
    fc.oneof(
      { weight: 12, arbitrary: acts },
      { weight: 3, arbitrary: advance },
      { weight: 1, arbitrary: restart },
      { weight: 4, arbitrary: look },
    ),
    { minLength: 1, maxLength: 150, size: 'max' },
  ),
)
