import { setTimeout as pause } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { Randoms } from '../../support/randoms.js'
import type { ChaosInstallation } from './installation.js'
import type { NodeProcess } from './node-process.js'

/** One way to fail, and its end: everything runs again once it resolves. */
type Fault = (randoms: Randoms) => Promise<void>

/** All faults of one installation, by name. `redisMs`: how long Redis is away at most. */
export function faultsOf({ nodes, postgres, redis }: ChaosInstallation, redisMs: number): ReadonlyMap<string, Fault> {
  const some = (randoms: Randoms): NodeProcess => nodes[randoms.below(nodes.length)]!

  const onePostgresFault = pLimit(1)

  const restart =
    (signal: 'SIGKILL' | 'SIGTERM'): Fault =>
    async (randoms) => {
      const node = some(randoms)
      await node.oneAtATime(async () => {
        await node.end(signal)
        await pause(randoms.below(1_500))
        await node.start()
      })
    }

  const restartPostgres =
    (how: 'stop' | 'crash'): Fault =>
    (randoms) =>
      onePostgresFault(async () => {
        await postgres[how]()
        await pause(randoms.below(1_500))
        await postgres.start()
      })

  const faults = new Map<string, Fault>([
    ['a node is killed', restart('SIGKILL')],
    ['a node is stopped and drains', restart('SIGTERM')],
    [
      'a node is suspended',
      async (randoms) => {
        const node = some(randoms)
        await node.oneAtATime(async () => {
          node.signal('SIGSTOP')
          await pause(1_000 + randoms.below(6_000))
          node.signal('SIGCONT')
        })
      },
    ],
    [
      'the connections of a node are cut',
      async (randoms) => {
        const { proxy } = some(randoms)
        proxy?.cut()
        await pause(randoms.below(800))
        proxy?.restore()
      },
    ],
    [
      'the connections of a node hang',
      async (randoms) => {
        const { proxy } = some(randoms)
        proxy?.swallow()
        await pause(500 + randoms.below(2_500))
        proxy?.restore()
      },
    ],
    ['Postgres is restarted', restartPostgres('stop')],
    ['Postgres crashes', restartPostgres('crash')],
  ])
  if (redis === null) return faults
  return faults
    .set('Redis is suspended', async (randoms) => {
      redis.process.kill('SIGSTOP')
      await pause(redisMs / 2 + randoms.below(redisMs / 2))
      redis.process.kill('SIGCONT')
    })
    .set('Redis is gone', async (randoms) => {
      redis.process.kill('SIGKILL')
      await pause(redisMs / 2 + randoms.below(redisMs / 2))
      await redis.restart()
    })
}

/**
 * Faults in random order, each at least once, until the time is up; sometimes two at once, and those of Redis beside the others.
 * Gives how often each happened.
 */
export async function breakThings(
  faults: ReadonlyMap<string, Fault>,
  until: number,
  randoms: Randoms,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  let deck: string[] = []
  let ofRedis = Promise.resolve()

  async function next(): Promise<void> {
    if (deck.length === 0) deck = [...faults.keys()]
    const [name = ''] = deck.splice(randoms.below(deck.length), 1)
    counts[name] = (counts[name] ?? 0) + 1
    const happens = faults.get(name) ?? (() => Promise.resolve())
    if (!name.startsWith('Redis')) return happens(randoms)
    await ofRedis
    ofRedis = happens(randoms)
  }

  while (performance.now() < until || Object.keys(counts).length < faults.size) {
    await pause(200 + randoms.below(1_500))
    if (randoms.below(4) === 0) await Promise.all([next(), next()])
    else await next()
  }
  await ofRedis
  return counts
}
