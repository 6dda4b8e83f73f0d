import { expect } from 'chai'
import { createSecretKey, randomBytes } from 'node:crypto'
import { noFailures } from '../support/failure-report.js'
import type { CommandList } from '../../src/commands/catalogue/command-list.js'
import { createContentAt } from '../../src/commands/catalogue/content-at.js'
import { createInviteCodes } from '../../src/commands/catalogue/invite-codes.js'
import type { CommandHandler } from '../../src/commands/pipeline/handle-command.js'
import {
  createRunCommand,
  type RunCommand,
  type Caller,
  type InputOf,
  type ResultOf,
} from '../../src/commands/run-command.js'
import { createRunSystemCommand, type RunSystemCommand } from '../../src/commands/run-system-command.js'
import type { EventLog, Position } from '../../src/eventstore/event-log.js'
import { openProjection, type OpenProjection } from '../../src/projections/engine/open-projection.js'
import type { ConversationQueries } from '../../src/projections/conversations/conversation-queries.js'
import { createConversations } from '../../src/projections/conversations/conversations.js'
import { createConversationQueries } from '../../src/projections/conversations/create-conversation-queries.js'
import { createOwnWrites, type OwnWrites } from '../../src/projections/engine/own-writes.js'
import type { Projection } from '../../src/projections/engine/projection.js'
import { startRunner, type Runner, type RunnerDeps } from '../../src/projections/engine/runner.js'
import { createReleases } from '../../src/app/release.js'
import { uuid } from '../support/uuid.js'
import { openWriteSide, type WriteSide } from '../support/write-side.js'

export const alice = uuid('alice')
export const bob = uuid('bob')
export const carol = uuid('carol')

type Done<Name extends keyof CommandList> = Exclude<ResultOf<Name>, { kind: 'rejected' }>

interface Starting {
  open?: OpenProjection
  log?: EventLog
  report?: RunnerDeps['report']
  readSkipped?: RunnerDeps['readSkipped']
}

/** A write side with commands on top, and the conversations projection with as many runners as a test starts. */
export interface ReadSide extends AsyncDisposable {
  side: WriteSide
  /** Runs a command that must not be refused. */
  run<Name extends keyof CommandList>(name: Name, input: InputOf<Name>, actor: string): Promise<Done<Name>>
  /** Runs a command as an edge does. */
  runCommand: RunCommand
  handler: CommandHandler
  runAsSystem: RunSystemCommand
  /** Gives the message's id. */
  send(chatId: string, content: string, actor?: string): Promise<string>
  /** Alice's group, with others in it; gives its id. */
  createGroup(others: string[], historyVisibility?: 'full' | 'since-joined'): Promise<string>
  conversations: Projection
  open(projection?: Projection): Promise<OpenProjection>
  start(starting?: Starting): Promise<Runner>
  /** Once the runner has examined all that is in the log now. */
  caughtUp(runner: Runner): Promise<void>
  queries(): Promise<ConversationQueries>
  ownWrites: OwnWrites
  /** Every row of every table, in an order of its own. */
  dump(open?: OpenProjection): Promise<Record<string, object[]>>
}

export async function openReadSide(): Promise<ReadSide> {
  const releases = createReleases()
  const side = releases.add(await openWriteSide())
  const { log, pool, reader, sealer } = side
  const conversations = createConversations(reader)
  const ownWrites = createOwnWrites(log.comparePositions)
  const invites = createInviteCodes(createSecretKey(randomBytes(32)))
  const onDone = (userId: string, position: Position): void => ownWrites.note(userId, position)
  const contentAt = createContentAt({ log, reader })
  const usersSharingChat = () => Promise.resolve(new Set<string>())
  const deps = { handler: side.createNode(), invites, contentAt, clock: () => new Date(), usersSharingChat }
  const runCommand = createRunCommand({ ...deps, sealer, onDone })
  const open = (projection: Projection = conversations) => openProjection(pool, projection, log)

  const run: ReadSide['run'] = async (name, input, actor) => {
    const result = await runCommand(name, input, callerOf(actor))
    if (result.kind === 'rejected') throw new Error(`${name} was refused: ${JSON.stringify(result.rejection)}`)
    return result
  }

  for (const [userId, name] of [
    [alice, 'Alice'],
    [bob, 'Bob'],
    [carol, 'Carol'],
  ] as const) {
    await run('registerUser', { name, imported: false }, userId)
  }

  return {
    side,
    run,
    runCommand,
    handler: deps.handler,
    runAsSystem: createRunSystemCommand(deps),
    conversations,
    open,
    ownWrites,
    async send(chatId, content, actor = alice) {
      const input = { chatId, messageType: 'text', content, metadata: null, clientMessageId: null }
      const result = await run('sendMessage', input, actor)
      const [made] = result.kind === 'done' ? result.events : []
      if (made?.event.type !== 'MessageSent') throw new Error('nothing was sent')
      return made.event.messageId
    },
    async createGroup(participantIds, historyVisibility = 'full') {
      const group = { chatType: 'group', participantIds, name: 'Team', historyVisibility } as const
      const { stream } = await run('createChat', { ...group, joinPolicy: 'open', imported: false }, alice)
      return stream.replace(/^chat-/, '')
    },
    async start({ open: given, log: follows = log, report = noFailures, readSkipped } = {}) {
      const options = { watchMs: 5, retryMs: 5 }
      return releases.add(
        startRunner(given ?? (await open()), {
          ...{ log: follows, pool, report, options },
          ...(readSkipped && { readSkipped }),
        }),
      )
    },
    async caughtUp(runner) {
      expect(await runner.progress.reached(await log.head(), { timeoutMs: 30_000 })).to.equal(true)
    },
    queries: async () => createConversationQueries(pool, await open()),
    async dump(given) {
      const { projection, table } = given ?? (await open())
      const rowsOf = async (name: string) => {
        const { rows } = await pool.query<{ row: object }>(
          `select to_jsonb(t) as row from ${table(name)} t order by to_jsonb(t)`,
        )
        return [name, rows.map(({ row }) => row)] as const
      }
      return Object.fromEntries(await Promise.all(projection.tables.map(rowsOf)))
    },
    [Symbol.asyncDispose]: () => releases[Symbol.asyncDispose](),
  }
}

const callerOf = (userId: string): Caller => ({
  userId,
  origin: 'rest',
  correlationId: uuid('request'),
  key: null,
  client: null,
})
