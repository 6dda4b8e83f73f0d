import type { Bench, ParleyContestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { startRedis } from '../processes/redis.js'
import { figures } from './sends.js'

const CONNECTIONS = 32
const CHATS = 200
const LISTENING = 0.25

async function send({ load, options }: Bench, { world, rooms }: ParleyContestant) {
  const { warmSeconds, seconds, people } = options
  const outcome = await load.run('sendsOverRest', {
    world,
    rooms: rooms.slice(0, CHATS),
    listeners: Math.round(people * LISTENING),
    connections: CONNECTIONS,
    keys: 'none',
    warmSeconds,
    seconds,
  })
  return figures(outcome)
}

const twoProcesses: Experiment = {
  name: `send, ${CONNECTIONS} connections, two processes`,
  against: 'itself',
  reference: 'one process',
  metrics: {
    rate: { unit: 'sends/s', better: 'higher', target: { atLeast: 0.9 } },
    p50: { unit: 'ms', better: 'lower' },
    p99: { unit: 'ms', better: 'lower' },
  },
  async prepare(bench) {
    const redis = bench.releases.add(await startRedis())
    // Both wherever there is room: two processes on one core would measure nothing.
    const server = (processes: number) =>
      bench.anotherParley(`processes_${processes}`, {
        place: 'free',
        env: { REDIS_URL: redis.url, PARLEY_PROCESSES: String(processes) },
      })
    const [two, one] = [await server(2), await server(1)]
    return { ours: () => send(bench, two), reference: () => send(bench, one) }
  },
}

export const severalProcesses = [twoProcesses]
