import type { Bench, Contestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { settle } from '../processes/postgres.js'
import { readAll } from '../world/make-world.js'

const THINK_MS = 500
const BUSY_USERS = 64
const SECONDS = 5
/** Users come in its first half. */
const WARM_SECONDS = 4
const MAX_MS = 100

async function load(bench: Bench, { world, rooms }: Contestant, users: number, thinkMs: number) {
  const seconds = bench.options.isQuick ? bench.options.seconds : SECONDS
  return bench.load.run('mixed', { world, rooms, users, thinkMs, warmSeconds: WARM_SECONDS, seconds })
}

/** Nobody is far behind: the peer counts what is unread. */
async function bothRead(bench: Bench): Promise<[Contestant, Contestant]> {
  const both = [await bench.parley(), await bench.peer()] satisfies [Contestant, Contestant]
  for (const { world, rooms, env } of both) {
    await readAll(world, rooms)
    await settle(env['DATABASE_URL'])
  }
  return both
}

/** So many users who think as make half of what the peer can do when nobody does. */
async function usersAtHalf(bench: Bench): Promise<number> {
  const { rate } = await load(bench, await bench.peer(), BUSY_USERS, 0)
  return Math.max(1, Math.round((rate / 2) * (THINK_MS / 1000)))
}

async function live(bench: Bench, contestant: Contestant, users: number) {
  const { rate, latency, asked, faults, refusals } = await load(bench, contestant, users, THINK_MS)
  if (refusals > 0) throw new Error(`${refusals} of ${asked} requests were refused`)
  return { rate, p50: latency.p50, p99: latency.p99, errors: (faults / asked) * 100 }
}

const alike: Experiment = {
  name: "mixed load, half of the peer's limit",
  against: 'peer',
  metrics: {
    rate: { unit: 'requests/s', better: 'higher' },
    p50: { unit: 'ms', better: 'lower' },
    p99: { unit: 'ms', better: 'lower' },
  },
  async prepare(bench) {
    const [parley, peer] = await bothRead(bench)
    const users = await usersAtHalf(bench)
    return { ours: () => live(bench, parley, users), reference: () => live(bench, peer, users) }
  },
}

/** Held against what users are promised, not against anybody. */
const promised: Experiment = {
  name: "mixed load, half of the peer's limit, as promised",
  against: 'limit',
  reference: `p99 of ${MAX_MS} ms, 1 % of errors`,
  metrics: {
    p99: { unit: 'ms', better: 'lower', target: { atMost: 1 } },
    errors: { unit: '%', better: 'lower', target: { atMost: 0 } },
  },
  async prepare(bench) {
    const [parley] = await bothRead(bench)
    const users = await usersAtHalf(bench)
    return {
      ours: () => live(bench, parley, users),
      reference: () => Promise.resolve({ p99: MAX_MS, errors: 1 }),
    }
  },
}

export const mixedLoad = [alike, promised]
