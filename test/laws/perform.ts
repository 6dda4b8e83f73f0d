import { randomUUID } from 'node:crypto'
import type { CommandList } from '../../src/commands/catalogue/command-list.js'
import type { AnyRejection, Caller, ResultOf, RunCommand } from '../../src/commands/run-command.js'
import { uuid } from '../support/uuid.js'
import type { Act, Action } from './steps.js'

export const people = ['ann', 'ben', 'cat', 'dan', 'eve'].map(uuid)

type Result = ResultOf<keyof CommandList>

/** What a client was told of its command. */
export interface Outcome {
  stream: string
  commandId: string
  kind: Result['kind']
  /** Of its events; none where it has none of its own. */
  versions: number[]
  rejection: AnyRejection | null
}

export interface Sent {
  id: string
  senderId: string
}
/** The users and chats that steps may be about. */
export interface ImportDirectory {
  /** Ids; the numbers of a step index them. */
  users: readonly string[]
  /** The group that anyone may join, the one of invites, and the direct chat. */
  chatIds: string[]
  /** The answers that clients got. */
  told: Outcome[]
  members: Set<string>[]
  messages: Sent[][]
  invites: string[][]
}

let texts = 0

/** Does what a step says, and keeps what came of it. */
export async function act(
  run: RunCommand,
  { action: given, user, apt, chat, key }: Act,
  cast: ImportDirectory,
): Promise<void> {
  const { users, told } = cast
  const members = cast.members[chat]!
  const [inside, outside] = [users.filter((id) => members.has(id)), users.filter((id) => !members.has(id))]
  const aptFor = (from: string[], index: number): string => (apt ? pick(from, index) : undefined) ?? users[index]!
  const action =
    'whom' in given
      ? { ...given, whom: users.indexOf(aptFor(given.do === 'add' ? outside : inside, given.whom)) }
      : given
  const caller = callerOf(
    aptFor(action.do.startsWith('join') ? outside : inside, user),
    key === null ? null : { value: String(key) },
  )
  const result = await perform(run, action, { cast, chat, caller })
  if (result === null) return
  const events: readonly { event: { messageId?: string; type: string; userId?: string }; version: number }[] =
    result.kind === 'done' ? result.events : []
  const messages = cast.messages[chat]!
  for (const { event } of events) {
    if (/Joined|Added/.test(event.type)) members.add(event.userId ?? '')
    if (/Left|Removed|Banned/.test(event.type)) members.delete(event.userId ?? '')
    if (event.type === 'MessageSent') messages.push({ id: event.messageId!, senderId: caller.userId })
  }
  const rejection = result.kind === 'rejected' ? result.rejection : null
  const versions = result.kind === 'repeated' ? [result.version] : events.map(({ version }) => version)
  told.push({ stream: result.stream, commandId: result.commandId, kind: result.kind, versions, rejection })
}

const pick = <Item>(from: readonly Item[], index: number): Item | undefined => from[index % Math.max(1, from.length)]

/** Null where there is nothing yet that it could be about. */
async function perform(
  run: RunCommand,
  action: Action,
  { cast, chat, caller }: { cast: ImportDirectory; chat: number; caller: Caller },
): Promise<Result | null> {
  const [chatId, messages, invites] = [cast.chatIds[chat]!, cast.messages[chat]!, cast.invites[chat]!]
  const own = messages.filter(({ senderId }) => senderId === caller.userId)
  const about = (index: number, from = messages) => ({ chatId, messageId: pick(from, index)?.id ?? randomUUID() })
  const whom = 'whom' in action ? cast.users[action.whom]! : ''
  switch (action.do) {
    case 'send': {
      const replyTo = action.replyTo === null ? undefined : pick(messages, action.replyTo)?.id
      const message = { messageType: 'text', content: nextText(), metadata: null, clientMessageId: null }
      return run('sendMessage', { chatId, ...message, ...(replyTo === undefined ? {} : { replyTo }) }, caller)
    }
    case 'edit':
      return run('editMessage', { ...about(action.message, action.own ? own : messages), content: nextText() }, caller)
    case 'delete':
      return run('deleteMessage', about(action.message, action.own ? own : messages), caller)
    case 'react':
      return run('react', { ...about(action.message), emoji: action.emoji, on: action.on }, caller)
    case 'pin':
      return run('pinMessage', { ...about(action.message), on: action.on }, caller)
    case 'join':
      return run('joinChat', { chatId }, caller)
    case 'leave':
      return run('leaveChat', { chatId }, caller)
    case 'archive':
      return run('archiveChat', { chatId }, caller)
    case 'unarchive':
      return run('unarchiveChat', { chatId }, caller)
    case 'add':
      return run('addParticipants', { chatId, userIds: [whom], role: action.role }, caller)
    case 'remove':
      return run('removeParticipant', { chatId, userId: whom }, caller)
    case 'ban':
      return run('banParticipant', { chatId, userId: whom, reason: null }, caller)
    case 'unban':
      return run('unbanParticipant', { chatId, userId: whom }, caller)
    case 'change-role':
      return run('changeParticipantRole', { chatId, userId: whom, role: action.role }, caller)
    case 'change': {
      const { do: _, ...change } = action
      return run('changeChat', { chatId, change }, caller)
    }
    case 'invite': {
      const result = await run('createInvite', { chatId, expiresInSeconds: null, maxUses: action.maxUses }, caller)
      const made = result.kind === 'done' ? result.events.map(({ event }) => event) : []
      for (const event of made) if (event.type === 'InviteCreated') invites.push(event.invite)
      return result
    }
    case 'join-by-invite': {
      const invite = pick(invites, action.invite) ?? 'made up'
      return run('joinByInvite', { chatId, invite }, caller)
    }
    case 'revoke-invite':
      return run('revokeInvite', { chatId, invite: pick(invites, action.invite) ?? 'made up' }, caller)
    case 'read':
      return run('markRead', { chatId, seq: action.seq, unread: action.unread }, caller)
    case 'mute':
      return run('muteChat', { chatId, muted: action.muted }, caller)
    case 'hide':
      return run('hideChat', { chatId, hidden: action.hidden }, caller)
  }
}

/** Found nowhere but in the message that says it. */
const nextText = (): string => `text<${texts++}>`

export const callerOf = (userId: string, key: Caller['key'] = null): Caller => ({
  userId,
  origin: 'rest',
  correlationId: uuid('request'),
  key,
  client: null,
})
