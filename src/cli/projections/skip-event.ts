import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { Pool } from 'pg'
import type { Foundations } from '../../app/foundations.js'
import { logStream } from '../../domain/streams.js'
import { normaliseText } from '../../domain/text.js'
import { readCheckpoint } from '../../projections/engine/checkpoint.js'
import { readGenerations } from '../../projections/engine/generations.js'
import { retryProjection } from '../../projections/engine/projection-control.js'
import { readSkippedEvents } from '../../projections/engine/skipped-events.js'
import type { Projection } from '../../projections/engine/projection.js'
import { CommandFailedError, UsageError } from '../command-errors.js'

const MAX_REASON = 1_000

export interface SkipDeps extends Pick<Foundations, 'log' | 'reader' | 'sealer'> {
  pool: Pool
}

/** Projections that cannot skip an event, and why. */
const neverSkipped: Readonly<Record<string, string>> = {
  revocations: 'sessions that were ended would go on',
  audit_trail: 'it counts every event of the log, and its numbers would no longer be those of the log',
}

/**
 * Has a projection pass over the event at which it is paused. The log keeps who did so and why; a server that runs goes on with its next
 * attempt, and a rebuild skips the event again.
 * @throws UsageError, CommandFailedError
 */
export async function skipEvent(
  projection: Projection,
  position: string,
  reason: string,
  { pool, log, reader, sealer }: SkipDeps,
): Promise<void> {
  const { name } = projection
  const whyNot = neverSkipped[name]
  if (whyNot !== undefined) throw new CommandFailedError(`${name} cannot skip events: ${whyNot}`)
  const why = normaliseText(reason, MAX_REASON)
  if (!why.ok) throw new UsageError(`--reason must be a text of 1 to ${MAX_REASON} characters`)
  const known = await readSkippedEvents(log, reader)
  if (known.get(name)?.has(position) === true) return
  const paused = await pausedAt(pool, projection)
  if (paused.length === 0) throw new CommandFailedError(`${name} is not paused: there is nothing to skip`)
  if (!paused.includes(position))
    throw new CommandFailedError(`${name} is paused at ${paused.join(' and ')}, not at ${position}`)
  await append({ projection: name, position, by: `system:${operator()}`, reason: why.text }, { log, reader, sealer })
  await retryProjection(pool, projection)
}

/** It and its build may each be paused. */
async function pausedAt(pool: Pool, projection: Projection): Promise<string[]> {
  const rows = [await readCheckpoint(pool, projection), ...(await readGenerations(pool, [projection]))]
  return [...new Set(rows.flatMap((row) => row?.failure?.position ?? []))]
}

interface Skipped {
  projection: string
  position: string
  by: string
  reason: string
}

async function append(skipped: Skipped, { log, reader, sealer }: Omit<SkipDeps, 'pool'>) {
  const event = { type: 'ProjectionEventSkipped' as const, ...skipped }
  const [last] = await log.readStream(logStream, { backwards: true, limit: 1 })
  const before = last === undefined ? '' : reader.decode(last).metadata.at
  const now = new Date().toISOString()
  const at = now > before ? now : before
  const version = last?.version ?? 0
  const commandId = randomUUID()
  const metadata = { at, commandId, actor: null, origin: 'system', correlationId: commandId } as const
  const keys = await sealer.ensureKeys(sealer.keyNames(logStream, event, at))
  const place = { stream: logStream, version: version + 1, id: randomUUID() }
  await log.append(logStream, version, [sealer.seal({ ...place, event, metadata }, keys)])
}

/** The account of the operating system that runs the command; the name of a key is made of it. */
const operator = (): string => userInfo().username.replace(/[^\w.@-]/g, '_')
