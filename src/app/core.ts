import type { FailureReport } from '../async/outage.js'
import type { UsersSharingChat } from '../commands/catalogue/addable.js'
import { createAccountStatuses, type AccountStatuses } from '../commands/catalogue/account-statuses.js'
import { createContentAt } from '../commands/catalogue/content-at.js'
import { createInviteCodes, type InviteCodes } from '../commands/catalogue/invite-codes.js'
import { createCatalogueHandler, type CatalogueHandler } from '../commands/catalogue/stream-kinds.js'
import { createSeal } from '../commands/pipeline/seal-batch.js'
import type { WriterDeps } from '../commands/pipeline/stream-writer.js'
import { createSnapshots } from '../commands/pipeline/snapshots.js'
import { createRunCommand, type RunCommand } from '../commands/run-command.js'
import { createRunSystemCommand, type RunSystemCommand } from '../commands/run-system-command.js'
import { startFollower } from '../followers/follower.js'
import { tellsOfDestroyedKey } from '../privacy/destroyed-keys.js'
import { deriveKey } from '../privacy/derive-key.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import { createAuditQueries, type AuditQueries } from '../projections/audit-trail/audit-queries.js'
import { createConversationQueries } from '../projections/conversations/create-conversation-queries.js'
import { createUsersSharingChat } from '../projections/conversations/memberships/shared-chats.js'
import { createDecisionIndex } from '../projections/decision-index/decision-index.js'
import type { DecisionIndex } from '../commands/pipeline/decision-index.js'
import { createOwnWrites, type OwnWrites } from '../projections/engine/own-writes.js'
import { createRevocationQueries, type RevocationQueries } from '../projections/revocations/revocations.js'
import { createIsSkipped, type IsSkipped } from '../projections/engine/skipped-events.js'
import type { ProjectionState } from '../projections/engine/projection-states.js'
import type { ManagedProjection } from '../projections/managed-projection.js'
import type { CacheSizes } from './cache-sizes.js'
import type { Config } from './config.js'
import { createContentPolicy, type ContentPolicy } from './content-policy.js'
import type { FeatureFlags } from '../flags/feature-flags.js'
import type { FlagsFile } from '../flags/flags-file.js'
import { openFlags } from './open-flags.js'
import { openFoundations, type Foundations } from './foundations.js'
import type { Overrides } from './overrides.js'
import type { Releases } from './release.js'
import { startAuditChain, type AuditChain } from './start-audit.js'
import { startProjections, type Runners } from './start-projections.js'

export interface CoreOptions {
  /** Shows the operator one line. */
  print(line: string): void
  /** Receives failures of reading and following the log. */
  report: FailureReport
  onAppended: WriterDeps['onAppended']
  /** How long a command may wait for its outcome. */
  commandDeadlineMs?: number
  /** Those of a server by default. */
  cacheSizes?: CacheSizes
  /** Ends the name under which this node connects to the databases, where several of one server do. */
  nodeSuffix?: string
  overrides?: Overrides
  /** Only a restore uses databases that are not restored completely. */
  isRestoring?: boolean
}

/** Log, keys, commands and projections: what the server and the operator commands share. */
export interface Core extends Foundations {
  handler: CatalogueHandler
  run: RunCommand
  /** For what the operator does, who is no user. */
  runAsSystem: RunSystemCommand
  invites: InviteCodes
  accountStatuses: AccountStatuses
  revocations: RevocationQueries
  ownWrites: OwnWrites
  /** Whether an operator had the read model skip an event. */
  isSkipped: IsSkipped
  queries: ConversationQueries
  /** The audit trail follows the log on its own, so it has its own count of what users may not see of their writes yet. */
  audit: { queries: AuditQueries; ownWrites: OwnWrites }
  chain: AuditChain
  usersSharingChat: UsersSharingChat
  runners: Runners
  managedProjections: readonly ManagedProjection[]
  /** Of Parley's own projections. */
  projectionStates(): Promise<ProjectionState[]>
  /** The fingerprints of recorded commands, by id; null for those without one. */
  recordedCommands(commandIds: readonly string[]): Promise<ReadonlyMap<string, string | null>>
  flags: FeatureFlags
  flagsFile: FlagsFile | null
  content: ContentPolicy
  clock: () => Date
}

/** Opens the databases and the log, starts the projections and the command handler. */
export async function openCore(config: Config, options: CoreOptions, releases: Releases): Promise<Core> {
  const { overrides = {}, cacheSizes, print, report, nodeSuffix, isRestoring } = options
  const clock = overrides.clock ?? (() => new Date())
  const { flags, file: flagsFile } = await openFlags(config)
  const foundations = await openFoundations(
    config,
    { print, report, clock, sizes: cacheSizes, nodeSuffix, isRestoring },
    releases,
  )
  const { databases, log, reader, sealer, dataKeys } = foundations
  const { open, runners, managed, readStates } = await startProjections(
    foundations,
    clock,
    { report, isProjector: config.roles.includes('projector') },
    releases,
  )
  const chain = await startAuditChain(config, foundations, clock, report, releases)
  const decisionIndex = createDecisionIndex(databases.main, open.decisionIndex)
  const handler = await startCommandHandler(foundations, decisionIndex, clock, options, releases)

  const ownWrites = createOwnWrites(log.comparePositions)
  const audit = {
    queries: createAuditQueries(databases.main, open.auditTrail, reader),
    ownWrites: createOwnWrites(log.comparePositions),
  }
  const usersSharingChat = createUsersSharingChat(databases.main, open.conversations)
  const invites = createInviteCodes(deriveKey(foundations.installationKey, 'parley/invite/1'))
  const content = await createContentPolicy(config, flags)
  dataKeys.onDestroyed(() => content.forget())
  const runDeps = { handler, invites, contentAt: createContentAt({ log, reader }), clock, usersSharingChat }
  return {
    ...foundations,
    handler,
    usersSharingChat,
    run: createRunCommand({
      ...runDeps,
      sealer,
      onDone(userId, at) {
        ownWrites.note(userId, at)
        audit.ownWrites.note(userId, at)
      },
    }),
    runAsSystem: createRunSystemCommand(runDeps),
    invites,
    accountStatuses: createAccountStatuses(handler),
    revocations: createRevocationQueries(databases.main, open.revocations, { log, reader }),
    ownWrites,
    isSkipped: createIsSkipped('conversations', { log, reader }),
    queries: createConversationQueries(databases.main, open.conversations, content.renderContent, clock),
    audit,
    chain,
    runners,
    managedProjections: managed,
    projectionStates: readStates,
    async recordedCommands(commandIds) {
      await runners.decisionIndex.progress.reached(await log.head())
      const { found } = await decisionIndex.lookUp(commandIds)
      return new Map([...found].map(([id, { fingerprint }]) => [id, fingerprint]))
    },
    flags,
    flagsFile,
    content,
    clock,
  }
}

async function startCommandHandler(
  { databases: { main: pool }, log, sealer, reader }: Foundations,
  index: DecisionIndex,
  clock: () => Date,
  { report, onAppended, commandDeadlineMs: deadlineMs, cacheSizes, overrides }: CoreOptions,
  releases: Releases,
): Promise<CatalogueHandler> {
  const handler = releases.add(
    createCatalogueHandler({
      log: overrides?.wrapLog?.(log) ?? log,
      index,
      snapshots: createSnapshots(pool, report),
      seal: createSeal(sealer, clock),
      decode: (recorded) => reader.decode(recorded),
      isSkipped: createIsSkipped('decision_index', { log, reader }),
      onAppended,
      ...(deadlineMs !== undefined && { deadlineMs }),
      ...(cacheSizes !== undefined && { maxCachedEntries: cacheSizes.streamEntries }),
    }),
  )
  const head = await log.head()
  releases.add(
    startFollower({
      name: 'command-cache',
      log,
      start: (handled) => handled ?? head,
      handle({ events }) {
        handler.observe(events)
        // reading one drops the destroyed key from this process's memory
        for (const recorded of reader.authentic(events.filter(tellsOfDestroyedKey))) reader.decode(recorded)
      },
      report,
    }),
  )
  return handler
}
