import { randomUUID } from 'node:crypto'
import type { CommandList } from '../../src/commands/command-list.js'
import type { AnyRejection, Caller, ResultOf, RunCommand } from '../../src/commands/run-command.js'
import type { Position } from '../../src/eventstore/event-log.js'
import type { OpenedEvent } from '../../src/privacy/event-reader.js'
import { uuid } from '../support/uuid.js'
import { openWriteSide, type WriteSide } from '../support/write-side.js'
import { advance, catchUp, openLaggingNode, type LaggingNode } from './lagging-node.js'
import type { Action, Step } from './steps.js'

export const people = ['ann', 'ben', 'cat', 'dan', 'eve'].map(uuid)

export interface World extends AsyncDisposable {
  side: WriteSide
  nodes: [LaggingNode, LaggingNode]
}

export async function openWorld(): Promise<World> {
  const side = await openWriteSide()
  const nodes: World['nodes'] = [await openLaggingNode(side, 1), await openLaggingNode(side, 2)]
  for (const [at, name] of ['Ann', 'Ben', 'Cat', 'Dan', 'Eve'].entries())
    await nodes[0].run('registerUser', { name, imported: false }, callerOf(people[at]!))
  return { side, nodes, [Symbol.asyncDispose]: () => side[Symbol.asyncDispose]() }
}

type Result = ResultOf<keyof CommandList>

/** What a client was told of its command. */
export interface Told {
  stream: string
  commandId: string
  kind: Result['kind']
  /** Of its events; none where it has none of its own. */
  versions: number[]
  rejection: AnyRejection | null
}

export interface Look {
  node: LaggingNode
  /** Which answer the parts of a snapshot. */
  nodes: LaggingNode[]
  viewer: string
  chatId: string
  limit: number
  story: Story
}

export interface Story {
  world: World
  /** The group that anyone may join, the one of invites, and the direct chat. */
  chatIds: string[]
  /** Since the story began. */
  told: Told[]
  /** The log since then, up to a position. */
  eventsUpTo(position?: Position): Promise<OpenedEvent[]>
}

export interface Listener {
  onLook?(look: Look): Promise<void>
  /** Once both nodes have examined everything. */
  atEnd?(story: Story): Promise<void>
}

/** Plays it in chats of its own. */
export async function play(world: World, given: readonly Step[], { onLook, atEnd }: Listener): Promise<void> {
  const { side, nodes } = world
  for (const { conversations, index } of nodes) await Promise.all([catchUp(side, conversations), catchUp(side, index)])
  const start = await side.log.head()
  const told: Told[] = []
  const chatIds = await openChats(nodes[0])
  const cast: Cast = {
    members: chatIds.map((_, chat) => new Set(people.slice(0, chat === 2 ? 2 : 3))),
    messages: chatIds.map((): Sent[] => []),
    invites: chatIds.map((): string[] => []),
  }
  const story: Story = {
    world,
    chatIds,
    told,
    async eventsUpTo(position) {
      const { events } = await side.log.readAll(start, 10_000)
      const isIn = (at: Position) => position === undefined || side.log.comparePositions(at, position) <= 0
      return side.reader.open(events.filter((event) => isIn(event.position)))
    },
  }
  let waiting: Promise<void>[] = []
  for (const step of given) {
    if (step.step !== 'act' || !step.together) {
      await Promise.all(waiting)
      waiting = []
    }
    switch (step.step) {
      case 'act':
        waiting.push(act(nodes[step.node], step, story, cast))
        break
      case 'advance':
        await advance(side, nodes[step.node][step.what], step.most)
        break
      case 'restart':
        await nodes[step.node].restart()
        break
      case 'look': {
        const viewer = people[step.person]!
        const asked = step.nodes.map((node) => nodes[node])
        const where = { node: nodes[step.node], nodes: asked, viewer, chatId: chatIds[step.chat]!, limit: step.limit }
        // The chats themselves are there for everyone.
        await onLook?.({ ...where, story })
      }
    }
  }
  await Promise.all(waiting)
  for (const { conversations, index } of nodes)
    await Promise.all([catchUp(side, conversations, 7), catchUp(side, index)])
  for (const chatId of chatIds)
    for (const viewer of people)
      for (const node of nodes) await onLook?.({ node, nodes: [...nodes, node], viewer, chatId, limit: 5, story })
  await atEnd?.(story)
}

async function openChats(node: LaggingNode): Promise<string[]> {
  const [ann, ben, cat] = people as [string, string, string]
  const group = { chatType: 'group', name: 'Team', imported: false } as const
  const direct = { chatType: 'direct', name: null, participantIds: [ben], imported: false } as const
  const chats = [
    { ...group, participantIds: [ben, cat], historyVisibility: 'full', joinPolicy: 'open' },
    { ...group, participantIds: [ben, cat], historyVisibility: 'since-joined', joinPolicy: 'invite' },
    { ...direct, chatId: randomUUID(), historyVisibility: 'full', joinPolicy: 'invite' },
  ] as const
  const made: string[] = []
  for (const chat of chats) made.push((await node.run('createChat', chat, callerOf(ann))).stream.slice('chat-'.length))
  return made
}

type Act = Extract<Step, { step: 'act' }>
interface Sent {
  id: string
  senderId: string
}
interface Cast {
  members: Set<string>[]
  messages: Sent[][]
  invites: string[][]
}

let texts = 0

async function act(
  node: LaggingNode,
  { action: given, person, apt, chat, key }: Act,
  { chatIds, told }: Story,
  cast: Cast,
) {
  const chatId = chatIds[chat]!
  const members = cast.members[chat]!
  const [inside, outside] = [people.filter((id) => members.has(id)), people.filter((id) => !members.has(id))]
  const aptFor = (from: string[], index: number): string => (apt ? pick(from, index) : undefined) ?? people[index]!
  const action =
    'whom' in given
      ? { ...given, whom: people.indexOf(aptFor(given.do === 'add' ? outside : inside, given.whom)) }
      : given
  const caller = callerOf(
    aptFor(action.do.startsWith('join') ? outside : inside, person),
    key === null ? null : { value: String(key) },
  )
  const result = await perform(node.run, action, chatId, cast.messages[chat]!, cast.invites[chat]!, caller)
  if (result === null) return
  const events: readonly { event: { messageId?: string; type: string; userId?: string }; version: number }[] =
    result.kind === 'done' ? result.events : []
  const messages = cast.messages[chat]!
  for (const { event } of events)
    if (event.type === 'MessageSent') messages.push({ id: event.messageId!, senderId: caller.userId })
  const rejection = result.kind === 'rejected' ? result.rejection : null
  const versions = result.kind === 'repeated' ? [result.version] : events.map(({ version }) => version)
  told.push({ stream: result.stream, commandId: result.commandId, kind: result.kind, versions, rejection })
}

const pick = <Item>(from: readonly Item[], index: number): Item | undefined => from[index % Math.max(1, from.length)]

/** Null where there is nothing yet that it could be about. */
async function perform(
  run: RunCommand,
  action: Action,
  chatId: string,
  messages: readonly Sent[],
  invites: string[],
  caller: Caller,
): Promise<Result | null> {
  const own = messages.filter(({ senderId }) => senderId === caller.userId)
  const about = (index: number, from = messages) => ({ chatId, messageId: pick(from, index)?.id ?? randomUUID() })
  const whom = 'whom' in action ? people[action.whom]! : ''
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
      return run('banParticipant', { chatId, userId: whom }, caller)
    case 'unban':
      return run('unbanParticipant', { chatId, userId: whom }, caller)
    case 'change-role':
      return run('changeParticipantRole', { chatId, userId: whom, role: action.role }, caller)
    case 'change': {
      const { do: _, ...change } = action
      return run('changeChat', { chatId, change }, caller)
    }
    case 'invite': {
      const invite = randomUUID()
      const result = await run('createInvite', { chatId, invite, expiresAt: null, maxUses: action.maxUses }, caller)
      if (result.kind === 'done') invites.push(invite)
      return result
    }
    case 'join-by-invite': {
      const invite = pick(invites, action.invite) ?? 'made up'
      return run('joinByInvite', { chatId, invite, now: new Date().toISOString() }, caller)
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

const callerOf = (userId: string, key: Caller['key'] = null): Caller => ({
  userId,
  origin: 'rest',
  correlationId: uuid('request'),
  key,
  client: null,
})
