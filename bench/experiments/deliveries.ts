import type { Bench, Contestant } from '../bench.js'
import type { Experiment } from '../experiment.js'

const ROOMS = 40
const LOW_PER_SECOND = 20
/** At a low rate it takes longer to see enough of them. */
const LOW_SECONDS = 5

async function deliver(bench: Bench, { world, rooms }: Contestant, perSecond: number, seconds: number) {
  const { warmSeconds } = bench.options
  const load = { world, rooms: rooms.slice(0, ROOMS), perSecond, warmSeconds, seconds }
  const { latency, delivered, expected, bad } = await bench.load.run('deliveries', load)
  if (delivered < expected || Object.keys(bad).length > 0)
    throw new Error(`${delivered} of ${expected} deliveries, answers ${JSON.stringify(bad)}`)
  return { p50: latency.p50, p99: latency.p99 }
}

/** The peer's own limit as it is just now. */
async function peerLimit(bench: Bench): Promise<number> {
  const { world, rooms } = await bench.peer()
  const { warmSeconds, seconds } = bench.options
  const load = { connections: 32, keys: 'none', warmSeconds, seconds, listeners: ROOMS } as const
  const { rate } = await bench.load.run('sendsOverRest', { world, rooms: rooms.slice(0, ROOMS), ...load })
  return rate
}

const delivering = (
  name: string,
  perSecond: (bench: Bench) => Promise<number>,
  seconds: number | null,
  isQuick: boolean,
): Experiment => ({
  name,
  against: 'peer',
  isQuick,
  metrics: {
    p50: { unit: 'ms', better: 'lower', target: { atMost: 1.5 } },
    p99: { unit: 'ms', better: 'lower' },
  },
  async prepare(bench) {
    const [parley, peer] = [await bench.parley(), await bench.peer()]
    const rate = await perSecond(bench)
    const long = bench.options.isQuick ? bench.options.seconds : (seconds ?? bench.options.seconds)
    return {
      ours: () => deliver(bench, parley, rate, long),
      reference: () => deliver(bench, peer, rate, long),
    }
  },
})

const halfOfPeer = async (bench: Bench): Promise<number> => (await peerLimit(bench)) / 2

export const deliveries = [
  delivering('delivery, 20 sends/s', () => Promise.resolve(LOW_PER_SECOND), LOW_SECONDS, true),
  delivering("delivery, half of the peer's limit", halfOfPeer, null, false),
]
