import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReleases } from '../../../src/app/release.js'
import { eventually } from '../../support/eventually.js'
import { logEnvironment, openLogOf, type LogKind } from '../../support/event-logs.js'
import { readToEnd } from '../../contract/event-log-support.js'
import type { RecordedEvent } from '../../../src/eventstore/event-log.js'
import { startOwnPostgres, type OwnPostgres } from '../../support/own-postgres.js'
import { openOwnRedis, type OwnRedis } from '../../support/redis.js'
import { execute } from '../../support/test-database.js'
import { createNodeProcess, type NodeProcess } from './node-process.js'

/** Three node processes on one log, one Postgres and one Redis, all of which can fail. */
export interface ChaosInstallation extends AsyncDisposable {
  nodes: readonly NodeProcess[]
  postgres: OwnPostgres
  /** Null where there is no `redis-server`. */
  redis: OwnRedis | null
  /** What went wrong with the nodes themselves. */
  crashes: string[]
  /** Resolves once every node serves and finds nothing wrong. */
  recovered(): Promise<void>
  /** The whole log, read without any node. */
  readLog(): Promise<RecordedEvent[]>
}

const NODES = 3
/** How long anything may take once nothing fails any more, on a busy machine. */
export const PATIENT = { timeoutMs: 180_000 }

const key = (): string => randomBytes(32).toString('base64')

export async function startInstallation(kind: LogKind): Promise<ChaosInstallation> {
  const releases = createReleases()
  try {
    const folder = await mkdtemp(join(tmpdir(), 'parley-chaos-'))
    releases.onRelease(() => rm(folder, { recursive: true }))
    const postgres = releases.add(await startOwnPostgres())
    await execute(postgres.adminUrl, 'create database keys owner application')
    const own = await openOwnRedis()
    const redis = own === null ? null : releases.add(own)
    const env: Record<string, string> = {
      PORT: '0',
      PARLEY_DATA_DIR: folder,
      DATABASE_URL: postgres.url,
      KEYS_DATABASE_URL: postgres.url.replace(/\/parley$/, '/keys'),
      MASTER_KEY: key(),
      TOKEN_KEYS: `a:${key()}`,
      AUDIT_SIGNING_KEYS: `a:${key()}`,
      ACCESS_TOKEN_SECONDS: '3600',
      RATE_LIMITS: 'off',
      RATE_LIMIT_MESSAGES_PER_MINUTE: '0',
      LINK_PREVIEWS: 'off',
      RESYNC_AFTER_EVENTS: '5', // so that clients page after `resync` too
      ...(redis && { REDIS_URL: redis.url }),
      ...logEnvironment(kind),
    }
    const crashes: string[] = []
    const nodes = Array.from({ length: NODES }, (_, index) =>
      releases.add(createNodeProcess(`node ${index + 1}`, env, (text) => crashes.push(text))),
    )
    const [first, ...others] = nodes
    await first?.start() // which migrates the databases
    await Promise.all(others.map((node) => node.start()))
    return {
      nodes,
      postgres,
      redis,
      crashes,
      async recovered() {
        for (const node of nodes) await eventually(() => isReady(node), PATIENT)
      },
      async readLog() {
        await using log = await openLogOf(env, postgres.url)
        return await readToEnd(log, log.start)
      },
      [Symbol.asyncDispose]: () => releases[Symbol.asyncDispose](),
    }
  } catch (error) {
    await releases[Symbol.asyncDispose]()
    throw error
  }
}

async function isReady({ name, url }: NodeProcess): Promise<void> {
  if (url === null) throw new Error(`${name} is down`)
  const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(10_000) })
  const { status } = (await answer.json()) as { status: string }
  if (status !== 'ok') throw new Error(`${name} is ${status}`)
}
