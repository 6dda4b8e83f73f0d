import type { Bench, Contestant } from '../bench.js'
import type { Experiment, Metric } from '../experiment.js'
import type { RestOutcome } from '../load/closed-loop.js'
import type { ClientKeys } from '../load/requests.js'
import type { Place } from '../processes/pinning.js'
import { processorSeconds } from '../processes/usage.js'

interface Send {
  name: string
  connections: number
  /** How many chats are written in; `hot`: the one of eight people. */
  chats: number | 'hot'
  keys?: ClientKeys
  atLeast?: number
  isAudited?: boolean
  /** Where Postgres runs meanwhile, if not where it always does. */
  postgres?: Place
  isQuick?: boolean
}

const sendList: Send[] = [
  { name: 'send, 32 connections, 200 chats', connections: 32, chats: 200, atLeast: 1.5, isQuick: true },
  {
    name: 'send with client keys, 32 connections, 200 chats',
    connections: 32,
    chats: 200,
    keys: 'message',
    atLeast: 1.3,
    isQuick: true,
  },
  { name: 'send, 1 connection, 200 chats', connections: 1, chats: 200, atLeast: 0.8, isQuick: true },
  { name: 'send, 256 connections, 200 chats', connections: 256, chats: 200 },
  { name: 'send, 32 connections, 1,000 chats', connections: 32, chats: 1000, atLeast: 1.5 },
  { name: 'send, 32 connections, one hot chat', connections: 32, chats: 'hot', atLeast: 1.5, isQuick: true },
  { name: 'send with Idempotency-Key, 256 connections, one hot chat', connections: 256, chats: 'hot', keys: 'header' },
  { name: 'send, 32 connections, 200 chats, peer with audit rows', connections: 32, chats: 200, isAudited: true },
  { name: "send, 32 connections, Postgres on the server's core", connections: 32, chats: 200, postgres: 'server' },
  {
    name: "send, 32 connections, Postgres on the load's core",
    connections: 32,
    chats: 200,
    postgres: 'load',
    isQuick: true,
  },
]

/** A quarter of the people listen, so that rooms are inhabited. */
const LISTENING = 0.25

async function send(
  bench: Bench,
  { server, world, rooms, hot }: Contestant,
  { connections, chats, keys = 'none' }: Send,
) {
  const { warmSeconds, seconds, people } = bench.options
  return withProcessor(server, () =>
    bench.load.run('sendsOverRest', {
      world,
      rooms: chats === 'hot' ? [hot] : rooms.slice(0, chats),
      listeners: Math.round(people * LISTENING),
      connections,
      keys,
      warmSeconds,
      seconds,
    }),
  )
}

/** With the microseconds of processor time that the server took for each request. */
export async function withProcessor({ pid }: Contestant['server'], load: () => Promise<RestOutcome>) {
  const before = processorSeconds(pid)
  const outcome = await load()
  return { ...figures(outcome), processor: ((processorSeconds(pid) - before) * 1e6) / outcome.asked }
}

/** @throws Error where more than one in a thousand went wrong: such figures would say nothing */
export function figures({ rate, latency, asked, bad }: RestOutcome) {
  const wrong = Object.values(bad).reduce((sum, count) => sum + count, 0)
  if (wrong > asked / 1000) throw new Error(`${wrong} of ${asked} requests failed: ${JSON.stringify(bad)}`)
  return { rate, p50: latency.p50, p99: latency.p99 }
}

const sending = (given: Send): Experiment => ({
  name: given.name,
  against: 'peer',
  ...(given.isQuick === undefined ? {} : { isQuick: given.isQuick }),
  metrics: {
    rate: { unit: 'sends/s', better: 'higher', ...bound(given) },
    p50: { unit: 'ms', better: 'lower' },
    p99: { unit: 'ms', better: 'lower', target: { atMost: 1 } },
    processor: { unit: 'µs of the server a send', better: 'lower' },
  },
  async prepare(bench) {
    const parley = await bench.parley()
    const peer = await (given.isAudited ? bench.auditedPeer() : bench.peer())
    bench.postgres.place(given.postgres ?? bench.options.postgres)
    return {
      ours: () => send(bench, parley, given),
      reference: () => send(bench, peer, given),
      done: () => back(bench),
    }
  },
})

/** To where it always is. */
function back({ postgres, options }: Bench): Promise<void> {
  postgres.place(options.postgres)
  return Promise.resolve()
}

const bound = ({ atLeast }: Send): Pick<Metric, 'target'> => (atLeast === undefined ? {} : { target: { atLeast } })

export const sends = sendList.map(sending)
