import { randomUUID } from 'node:crypto'
import { createCommandHandler, type CommandHandler } from '../commands/pipeline/handle-command.js'
import { createInviteCodes, type InviteCodes } from '../commands/catalogue/invite-codes.js'
import { createRunSystemCommand, type RunSystemCommand } from '../commands/run-system-command.js'
import { createRunCommand, type RunCommand } from '../commands/run-command.js'
import { createSeal } from '../commands/pipeline/seal-batch.js'
import { createAccountStatuses, type AccountStatuses } from '../commands/catalogue/account-statuses.js'
import { createSnapshots } from '../commands/pipeline/snapshots.js'
import type { Config } from './config.js'
import { createContentPolicy, type ContentPolicy } from './content-policy.js'
import { openDatabases, type Databases } from './databases.js'
import type { EventLog, NewEvent, Position } from '../eventstore/event-log.js'
import { openPostgresEventLog } from '../eventstore/postgres/postgres-event-log.js'
import { logStream } from '../domain/streams.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'
import { createDataKeys, type DataKeys } from '../privacy/data-keys.js'
import { deriveKey } from '../privacy/derive-key.js'
import { createEventReader, type EventReader } from '../privacy/event-reader.js'
import { createEventSealer, type EventSealer } from '../privacy/event-sealer.js'
import { createLocalEventCache } from '../privacy/local-event-cache.js'
import { openProjection, type OpenProjection } from '../projections/engine/checkpoint.js'
import { createConversationQueries } from '../projections/conversations/create-conversation-queries.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import { createDecisionIndex } from '../projections/decision-index/decision-index.js'
import { createOwnWrites, type OwnWrites } from '../projections/engine/own-writes.js'
import { createProjectionList, type ProjectionList } from '../projections/projection-list.js'
import { createRevocationQueries, type RevocationQueries } from '../projections/revocations/revocations.js'
import { startRunner, type Runner } from '../projections/engine/runner.js'
import type { Mailer } from '../identity/mail/mailer.js'
import type { Releases } from './release.js'

/** What a test may put in place of the real thing. */
export interface Overrides {
  clock?: () => Date
  /** Puts something between the commands and the log, to inject faults. */
  wrapLog?: (log: EventLog) => EventLog
  /** In place of a mail server. */
  mailer?: Mailer
  /** The web, as link previews and webhooks see it. */
  safeFetch?: SafeFetch
}

export interface CoreOptions {
  /** Hears what the operator should know while it starts. */
  say(line: string): void
  onProjectionFailure(name: string, error: unknown): void
  onAppended(events: number, seconds: number): void
  /** How long a command may wait for its outcome. */
  commandDeadlineMs?: number
  overrides?: Overrides
}

/** The log, and what it takes to read and write its events. */
export interface Foundations {
  databases: Databases
  log: EventLog
  dataKeys: DataKeys
  reader: EventReader
  sealer: EventSealer
  projections: ProjectionList
}

/** Log, keys, commands and projections: what the server and the import share. */
export interface Core extends Foundations {
  run: RunCommand
  invites: InviteCodes
  /** For what the operator does, who is nobody's caller. */
  handler: CommandHandler
  runAsSystem: RunSystemCommand
  accountStatuses: AccountStatuses
  revocations: RevocationQueries
  ownWrites: OwnWrites
  queries: ConversationQueries
  runners: { conversations: Runner; decisionIndex: Runner; revocations: Runner }
  content: ContentPolicy
  clock: () => Date
}

export async function openFoundations(
  config: Config,
  say: (line: string) => void,
  clock: () => Date,
  releases: Releases,
): Promise<Foundations> {
  const databases = await openDatabases(config, say, releases)
  const { masterKey } = databases
  const dataKeys = createDataKeys({ pool: databases.keys, masterKey })
  await dataKeys.check()
  const made = createLocalEventCache()
  const sealer = createEventSealer({ dataKeys, masterKey, made })
  const reader = createEventReader({ dataKeys, made })
  const log = releases.add(await openEventLog(config, databases, await logOpening(sealer, clock)))
  return { databases, log, dataKeys, reader, sealer, projections: createProjectionList(reader) }
}

/** The client of EventStoreDB is only loaded where it is used: it takes as long as all the rest of the log. */
async function openEventLog(
  { eventStoreUrl, eventStoreStreamPrefix: streamPrefix }: Config,
  { main: pool, mainUrl }: Databases,
  openingEvent: (logId: string) => NewEvent,
): Promise<EventLog> {
  if (eventStoreUrl === null) return openPostgresEventLog({ pool, connectionString: mainUrl, openingEvent })
  const { openEventStoreDbEventLog } = await import('../eventstore/eventstoredb/eventstoredb-event-log.js')
  return openEventStoreDbEventLog({ connectionString: eventStoreUrl, streamPrefix, openingEvent })
}

export async function openCore(config: Config, options: CoreOptions, releases: Releases): Promise<Core> {
  const { say, onProjectionFailure, onAppended, commandDeadlineMs, overrides = {} } = options
  const clock = overrides.clock ?? (() => new Date())
  const foundations = await openFoundations(config, say, clock, releases)
  const { databases, log, reader, sealer, projections } = foundations
  const { main: pool } = databases

  const conversations = await openProjection(pool, projections.conversations, log)
  const decisionIndex = await openProjection(pool, projections.decisionIndex, log)
  const revocations = await openProjection(pool, projections.revocations, log)
  const start = (open: OpenProjection) => releases.add(startRunner(open, { log, pool, onFailure: onProjectionFailure }))
  const runners = {
    conversations: start(conversations),
    decisionIndex: start(decisionIndex),
    revocations: start(revocations),
  }

  const ownWrites = createOwnWrites(log.comparePositions)
  const handler = releases.add(
    createCommandHandler({
      log: overrides.wrapLog?.(log) ?? log,
      index: createDecisionIndex(pool, decisionIndex),
      snapshots: createSnapshots(pool),
      seal: createSeal(sealer, clock),
      decode: (recorded) => reader.decode(recorded),
      onAppended,
      ...(commandDeadlineMs === undefined ? {} : { deadlineMs: commandDeadlineMs }),
    }),
  )
  releases.onRelease(startFeeding(log, await log.head(), handler))
  const invites = createInviteCodes(deriveKey(databases.masterKey, 'parley/invite/1'))
  const run = createRunCommand({ handler, sealer, invites, clock, onDone: (userId, at) => ownWrites.note(userId, at) })
  const content = createContentPolicy(config)
  foundations.dataKeys.onDestroyed(() => content.forget())
  const queries = createConversationQueries(pool, conversations, content.renderContent)
  return {
    ...foundations,
    run,
    invites,
    handler,
    runAsSystem: createRunSystemCommand({ handler, invites, clock }),
    accountStatuses: createAccountStatuses(handler),
    revocations: createRevocationQueries(pool, revocations, { log, reader }),
    ownWrites,
    queries,
    runners,
    content,
    clock,
  }
}

/** Lets the command handler know what is appended anywhere. Gives what stops it. */
function startFeeding(log: EventLog, after: Position, handler: Pick<CommandHandler, 'observe'>): () => Promise<void> {
  const stop = new AbortController()
  async function feed(): Promise<void> {
    for await (const { events } of log.follow(after, { signal: stop.signal })) handler.observe(events)
  }
  const feeding = feed()
  return async () => {
    stop.abort()
    await feeding
  }
}

/** Makes the first event of a new log; it has no personal field, and so needs no key. */
export async function logOpening(sealer: EventSealer, clock: () => Date): Promise<(logId: string) => NewEvent> {
  const keys = await sealer.ensureKeys([])
  return (logId) => {
    const metadata = {
      at: clock().toISOString(),
      commandId: randomUUID(),
      actor: null,
      origin: 'system',
      correlationId: randomUUID(),
    } as const
    return sealer.seal(
      { stream: logStream, version: 1, id: randomUUID(), event: { type: 'LogOpened', logId }, metadata },
      keys,
    )
  }
}
