import { expect } from 'chai'
import fc from 'fast-check'
import type { CatalogueHandler } from '../../../src/commands/catalogue/stream-kinds.js'
import type { CommandContext } from '../../../src/commands/pipeline/command-context.js'
import type { CommandResult } from '../../../src/commands/pipeline/command-result.js'
import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { ChatCommand, ChatRejection } from '../../../src/domain/chat/commands.js'
import { chatStream } from '../../../src/domain/streams.js'
import type { Chat } from '../../../src/domain/chat/state.js'
import type { ChatEvent } from '../../../src/domain/chat/events.js'
import type { RecordedEvent } from '../../../src/eventstore/event-log.js'
import { onEachLog } from '../../support/event-logs.js'
import { faultyLog, type AppendFate } from '../../support/faulty-log.js'
import { uuid } from '../../support/uuid.js'
import { openWriteSide, type WriteSide } from '../../support/write-side.js'

const people = ['ann', 'ben', 'cat', 'dan'].map(uuid)
const [owner] = people as [string]

/** One client's command: it is repeated under its key until an answer comes. */
interface Step {
  node: 0 | 1
  key: number
  make(id: string): ChatCommand
  /** Whether the node that takes it is thrown away, cache and all, while the append is under way. */
  crash: boolean
}

const user = fc.constantFrom(...people)
const command: fc.Arbitrary<Step['make']> = fc.oneof(
  {
    weight: 5,
    arbitrary: user.map(
      (senderId) =>
        (id: string): ChatCommand =>
          message(id, senderId),
    ),
  },
  { weight: 2, arbitrary: user.map((userId) => (): ChatCommand => ({ type: 'JoinChat', userId })) },
  { weight: 2, arbitrary: user.map((userId) => (): ChatCommand => ({ type: 'LeaveChat', userId })) },
  fc
    .tuple(user, user)
    .map(([by, userId]) => (): ChatCommand => ({ type: 'AddParticipants', by, userIds: [userId], role: 'member' })),
  fc.tuple(user, user).map(([by, userId]) => (): ChatCommand => ({ type: 'RemoveParticipant', by, userId })),
)
const step: fc.Arbitrary<Step> = fc.record({
  node: fc.constantFrom(0, 1),
  // Few keys, so that different clients' commands are repeated, also at the same time and on both nodes.
  key: fc.integer({ min: 0, max: 40 }),
  make: command,
  crash: fc.boolean(),
})
const burst = fc.array(step, { minLength: 1, maxLength: 6 })
const fate: fc.Arbitrary<AppendFate> = fc.constantFrom('fine', 'fine', 'lost-before', 'lost-after')

const message = (id: string, senderId: string): ChatCommand => ({
  type: 'SendMessage',
  messageId: uuid(id),
  senderId,
  messageType: 'text',
  content: id,
  metadata: null,
  clientMessageId: null,
})

type Result = CommandResult<ChatEvent, ChatRejection>

type ChatStream = ReturnType<typeof chatStream>

interface Answer {
  command: ChatCommand
  context: CommandContext
  result: Result
  /** The stream's version before it was first sent, and after it was answered. */
  between: [number, number]
}

onEachLog('two nodes over one log', (kind) => {
  let side: WriteSide

  before(async () => {
    side = await openWriteSide(undefined, kind)
  })

  after(() => side[Symbol.asyncDispose]())

  it('stay correct through lost answers, crashes, stale caches and version conflicts', async function () {
    this.timeout(300_000)
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(burst, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fate),
        fc.infiniteStream(fc.boolean()),
        async (bursts, fates, indexing) => check(side, chatStream(uuid(`run ${run++}`)), bursts, fates, indexing),
      ),
      { numRuns: 40 },
    )
  })
})

async function check(
  side: WriteSide,
  stream: ChatStream,
  bursts: Step[][],
  fates: Iterable<AppendFate>,
  indexing: Iterator<boolean>,
): Promise<void> {
  const log = faultyLog(side.log, fates)
  const nodes: CatalogueHandler[] = [side.createNode({ log }), side.createNode({ log })]
  const versionNow = async (): Promise<number> =>
    (await side.log.readStream(stream, { backwards: true, limit: 1 }))[0]?.version ?? 0
  const opening: ChatCommand = {
    type: 'CreateChat',
    chatType: 'group',
    by: owner,
    participantIds: [],
    name: null,
    historyVisibility: 'full',
    joinPolicy: 'open',
    imported: false,
  }
  await nodes[0]!.handle(stream, opening, contextOf(stream, 'opening'))

  const bodies = new Map<number, ChatCommand>()
  const answers: Answer[] = []
  for (const steps of bursts) {
    const index = indexing.next().value === true ? side.startIndex() : null
    await Promise.all(
      steps.map(async ({ node, key, make, crash }) => {
        const body = bodies.get(key) ?? make(`${stream} ${key}`)
        bodies.set(key, body)
        const context = contextOf(stream, String(key))
        const before = await versionNow()
        const answering = nodes[node]!.handle(stream, body, context)
        if (crash) nodes[node] = side.createNode({ log })
        const result = await answering
        answers.push({ command: body, context, result, between: [before, await versionNow()] })
      }),
    )
    await index?.[Symbol.asyncDispose]()
  }
  const events = await side.log.readStream(stream, { limit: 10_000 })
  const states = statesOf(side, events)
  gapless(side, events)
  eachCommandOnce(events)
  for (const answer of answers) await holds(side, stream, nodes[0]!, events, states, answer)
}

const contextOf = (stream: string, key: string): CommandContext => ({
  commandId: uuid(`${stream} command ${key}`),
  fingerprint: key,
  actor: owner,
  origin: 'rest',
  correlationId: uuid('request'),
})

const foldOf = (side: WriteSide, recorded: RecordedEvent) => side.reader.decode(recorded)

/** The state after each version, from 0 on. */
function statesOf(side: WriteSide, events: readonly RecordedEvent[]): Chat[] {
  const states: Chat[] = [chatDecider.initial]
  for (const recorded of events) states.push(chatDecider.evolve(states.at(-1)!, foldOf(side, recorded).event as never))
  return states
}

function gapless(side: WriteSide, events: readonly RecordedEvent[]): void {
  expect(events.map(({ version }) => version)).to.deep.equal(events.map((_, index) => index + 1))
  const seqs = events.flatMap((recorded) => {
    const { event } = foldOf(side, recorded)
    return event.type === 'MessageSent' ? [event.seq] : []
  })
  expect(seqs).to.deep.equal(seqs.map((_, index) => index + 1))
}

/** All events of one command stand side by side: whoever comes back later was done twice. */
function eachCommandOnce(events: readonly RecordedEvent[]): void {
  const ids = events.map(({ metadata }) => (JSON.parse(metadata) as { commandId: string }).commandId)
  const groups = ids.filter((id, index) => id !== ids[index - 1])
  expect(groups).to.deep.equal([...new Set(groups)])
}

async function holds(
  side: WriteSide,
  stream: ChatStream,
  node: CatalogueHandler,
  events: readonly RecordedEvent[],
  states: readonly Chat[],
  { command, context, result, between: [before, after] }: Answer,
): Promise<void> {
  const standsAt = events.find(({ metadata }) => metadata.includes(context.commandId))?.version
  switch (result.kind) {
    case 'done':
      expect(result.events[0]?.version).to.equal(standsAt)
      break
    case 'repeated':
      expect(result.version).to.equal(standsAt)
      break
    case 'unchanged':
    case 'rejected': {
      const possible = states.slice(before, after + 1).map((state) => outcomeOf(command, state))
      expect(possible).to.include(result.kind === 'rejected' ? result.rejection.code : 'already so')
      return
    }
  }
  const again = await node.handle(stream, command, context)
  expect(again).to.include({ kind: 'repeated', version: standsAt })
  expect(foldOf(side, events[standsAt! - 1]!).metadata.commandId).to.equal(context.commandId)
}

function outcomeOf(command: ChatCommand, state: Chat): string {
  const outcome = chatDecider.decide(command, state)
  if (outcome.kind === 'rejected') return outcome.rejection.code
  return outcome.events.length === 0 ? 'already so' : 'events'
}
