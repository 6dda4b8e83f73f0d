import { createSecretKey } from 'node:crypto'
import type { Pool } from 'pg'
import { createContentAt } from '../../src/commands/catalogue/content-at.js'
import { createInviteCodes } from '../../src/commands/catalogue/invite-codes.js'
import type { CatalogueHandler } from '../../src/commands/catalogue/stream-kinds.js'
import { createRunCommand, type RunCommand } from '../../src/commands/run-command.js'
import type { Position } from '../../src/eventstore/event-log.js'
import { inTransaction } from '../../src/postgres/transaction.js'
import { readCheckpoint } from '../../src/projections/engine/checkpoint.js'
import { openProjection, type OpenProjection } from '../../src/projections/engine/open-projection.js'
import type { ConversationQueries } from '../../src/projections/conversations/conversation-queries.js'
import { createConversations } from '../../src/projections/conversations/conversations.js'
import { createUsersSharingChat } from '../../src/projections/conversations/memberships/shared-chats.js'
import { createConversationQueries } from '../../src/projections/conversations/create-conversation-queries.js'
import {
  createDecisionIndex,
  createDecisionIndexProjection,
} from '../../src/projections/decision-index/decision-index.js'
import type { Projection } from '../../src/projections/engine/projection.js'
import { createPastFrames, type PastFrames } from '../../src/realtime/past-frames.js'
import type { WriteSide } from '../support/write-side.js'

/** A node whose read models are its own, and get on only when they are told to. */
export interface LaggingNode {
  run: RunCommand
  queries: ConversationQueries
  pastFrames: PastFrames
  conversations: OpenProjection
  index: OpenProjection
  /** Forgets all that it holds in memory. */
  restart(): Promise<void>
}

/** Tables of its own, beside those of the same projection: a number makes the difference. */
export const apart = (projection: Projection, number: number): Projection => ({
  ...projection,
  version: projection.version + 1_000 * number,
})

export async function openLaggingNode(side: WriteSide, number: number): Promise<LaggingNode> {
  const { pool, log, reader, sealer } = side
  const conversations = await openProjection(pool, apart(createConversations(reader), number), log)
  const index = await openProjection(pool, apart(createDecisionIndexProjection(reader), number), log)
  const queries = createConversationQueries(pool, conversations)
  const invites = createInviteCodes(createSecretKey(Buffer.alloc(32, 'laws')))
  const runOn = (handler: CatalogueHandler): RunCommand =>
    createRunCommand({
      handler,
      sealer,
      invites,
      contentAt: createContentAt(side),
      clock: () => new Date(),
      usersSharingChat: createUsersSharingChat(pool, conversations),
      onDone: () => undefined,
    })
  const createHandler = () => side.createNode({ index: createDecisionIndex(pool, index) })
  let run = runOn(createHandler())
  return {
    run: (name, input, caller) => run(name, input, caller),
    queries,
    pastFrames: createPastFrames({ log, reader, queries, isSkipped: () => Promise.resolve(false) }),
    conversations,
    index,
    restart: () => Promise.resolve(void (run = runOn(createHandler()))),
  }
}

/** Where a projection stands. */
export async function positionOf(pool: Pool, { projection }: OpenProjection): Promise<Position> {
  const checkpoint = await readCheckpoint(pool, projection)
  if (checkpoint === null) throw new Error(`${projection.name} has no checkpoint`)
  return checkpoint.position
}

/** Lets a projection examine at most so many more events, in one batch. False when there were none. */
export async function advance({ pool, log }: WriteSide, open: OpenProjection, most: number): Promise<boolean> {
  const from = await positionOf(pool, open)
  const { events, position } = await log.readAll(from, most)
  if (events.length === 0) return false
  const { streamPrefixes, apply } = open.projection
  const wanted = events.filter(
    ({ stream }) => streamPrefixes === undefined || streamPrefixes.some((prefix) => stream.startsWith(prefix)),
  )
  await inTransaction(pool, async (tx) => {
    const { name, version } = open.projection
    await tx.query('update projections set position = $3 where name = $1 and version = $2', [name, version, position])
    if (wanted.length > 0) await apply(wanted, tx, open.table)
  })
  return true
}

export async function catchUp(side: WriteSide, open: OpenProjection, batch = 500): Promise<void> {
  while (await advance(side, open, batch));
}
