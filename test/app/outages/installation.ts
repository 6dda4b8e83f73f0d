import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { createReleases } from '../../../src/app/release.js'
import type { Config } from '../../../src/app/config.js'
import { openBreakableProxy } from '../../support/breakable-proxy.js'
import { startChildServer } from '../../support/eventstore-server/child-server.js'
import type { LogKind } from '../../support/event-logs.js'
import { startOwnPostgres } from '../../support/own-postgres.js'
import { openOwnRedis } from '../../support/redis.js'
import { startTestApp, type Node } from '../../support/test-app.js'
import { openEventStoreDisk, type EventStoreServer } from './eventstore-outages.js'
import { createEveryRoute, type EveryRoute } from './every-route.js'
import { IS_WHOLE } from './outage.js'
import { openPostgresDisk, type PostgresServer } from './postgres-outages.js'
import type { RedisServer } from './redis-outages.js'

/** Parley on servers that are its own, so that each can fail. */
export interface Installation extends AsyncDisposable {
  main: PostgresServer
  keys: PostgresServer
  /** Null where there is no `redis-server`. */
  redis: RedisServer | null
  /** Null where the log is in the main database. */
  eventStore: EventStoreServer | null
  node: Node
  everyRoute: EveryRoute
}

/** Everything that a request may depend on is in use: limits are on, and counted in Redis. */
const CONFIG: Partial<Config> = { rateLimitMessagesPerMinute: 100_000, trustedProxies: ['127.0.0.1'] }

export async function startInstallation(log: LogKind): Promise<Installation> {
  const releases = createReleases()
  const release = (): PromiseLike<void> => releases[Symbol.asyncDispose]()
  const addIfAny = <Part extends AsyncDisposable>(part: Part | null): Part | null => part && releases.add(part)

  async function startPostgres(): Promise<PostgresServer> {
    const disk = IS_WHOLE ? addIfAny(await openPostgresDisk()) : null
    const own = releases.add(await startOwnPostgres(disk?.folder))
    return { own, disk, proxy: releases.add(await openBreakableProxy(own.url)) }
  }

  async function startRedis(): Promise<RedisServer | null> {
    const own = addIfAny(await openOwnRedis())
    if (own === null) return null
    const admin = new Redis(own.url)
    admin.on('error', () => undefined)
    releases.onRelease(() => admin.disconnect())
    return { own, admin }
  }

  async function startEventStore(): Promise<EventStoreServer> {
    const disk = IS_WHOLE ? addIfAny(await openEventStoreDisk()) : null
    const folder = disk?.folder ?? (await mkdtemp(join(tmpdir(), 'parley-eventstore-')))
    if (disk === null) releases.onRelease(() => rm(folder, { recursive: true }))
    return { disk, own: releases.add(await startChildServer('--data', folder)) }
  }

  try {
    const [main, keys] = [await startPostgres(), await startPostgres()]
    const redis = await startRedis()
    const eventStore = log === 'eventstoredb' ? await startEventStore() : null
    const setUp = releases.add(
      await startTestApp({
        auditCheckpointSeconds: 1,
        ...CONFIG,
        databaseUrl: main.proxy.url,
        keysDatabaseUrl: keys.proxy.url,
        redisUrl: redis?.own.url ?? null,
        eventStoreUrl: eventStore?.own.url ?? null,
      }),
    )
    const node = await setUp.startNode({}, { rateLimits: true })
    const everyRoute = await createEveryRoute(setUp, node)
    return { main, keys, redis, eventStore, node, everyRoute, [Symbol.asyncDispose]: release }
  } catch (error) {
    await release()
    throw error
  }
}
