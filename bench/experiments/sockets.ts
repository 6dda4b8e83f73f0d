import { PARLEY, type Bench, type Contestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { startNginx } from '../processes/nginx.js'
import { startRedis } from '../processes/redis.js'
import { startServer } from '../processes/server.js'
import { makeRoom } from '../world/make-world.js'
import { figures } from './sends.js'

const SOCKETS = 500
const MEMBERS = 50
const SENDERS = 8

/** One chat whose members have five hundred sockets between them. */
async function crowd({ world }: Contestant) {
  const members = Array.from({ length: Math.min(MEMBERS, world.people.length) }, (_, member) => member)
  const { id: chatId } = await makeRoom(world, 'Crowd', members)
  return { url: world.url, chatId, tokens: members.map((member) => world.people[member]?.token ?? '') }
}

type Crowd = Awaited<ReturnType<typeof crowd>>

const fan = (bench: Bench, given: Crowd): Promise<{ rate: number }> => {
  const { warmSeconds, seconds } = bench.options
  return bench.load.run('fanOut', { ...given, sockets: SOCKETS, senders: SENDERS, warmSeconds, seconds })
}

const rate = { unit: 'deliveries/s', better: 'higher' } as const

const fanOutToLimit: Experiment = {
  name: `fan-out to ${SOCKETS} sockets`,
  against: 'limit',
  reference: 'plain Socket.IO',
  isQuick: true,
  metrics: { rate: { ...rate, target: { atLeast: 0.9 } } },
  async prepare(bench) {
    const ours = await crowd(await bench.parley())
    const broadcast = await startServer({ script: 'bench/peers/broadcast/main.js' })
    return {
      ours: () => fan(bench, ours),
      reference: () => fan(bench, { ...ours, url: broadcast.url }),
      done: async () => broadcast[Symbol.asyncDispose](),
    }
  },
}

const NODES = 3

/** The same with three servers on either side, each with a third of the sockets: nginx hands them out in turn. */
const fanOutOverNodes: Experiment = {
  name: `fan-out to ${SOCKETS} sockets, ${NODES} nodes behind nginx`,
  against: 'limit',
  reference: `${NODES} of plain Socket.IO with its Redis adapter`,
  metrics: { rate: { ...rate, target: { atLeast: 0.9 } } },
  async prepare(bench) {
    const redis = bench.releases.add(await startRedis())
    const behindNginx = async (script: string, more: Readonly<Record<string, string>>): Promise<string> => {
      const env = { ...more, REDIS_URL: redis.url }
      const servers = await Promise.all(
        Array.from({ length: NODES }, () => startServer({ script, env, place: 'free' })),
      )
      for (const server of servers) bench.releases.add(server)
      return bench.releases.add(await startNginx(servers.map(({ url }) => url))).url
    }
    const parley = await bench.parley()
    const ours = { ...(await crowd(parley)), url: await behindNginx(PARLEY, parley.env) }
    const theirs = { ...ours, url: await behindNginx('bench/peers/broadcast/main.js', {}) }
    return { ours: () => fan(bench, ours), reference: () => fan(bench, theirs) }
  },
}

const fanOutToPeer: Experiment = {
  name: `fan-out to ${SOCKETS} sockets, of the peer`,
  against: 'peer',
  metrics: { rate },
  async prepare(bench) {
    const [ours, theirs] = [await crowd(await bench.parley()), await crowd(await bench.peer())]
    return { ours: () => fan(bench, ours), reference: () => fan(bench, theirs) }
  },
}

const WRITERS = 32

async function sendOverSockets(bench: Bench, { world, rooms }: Contestant) {
  const { warmSeconds, seconds } = bench.options
  const load = { world, rooms: rooms.slice(0, 200), sockets: WRITERS, warmSeconds, seconds }
  return figures(await bench.load.run('sendsOverSockets', load))
}

const socketSend: Experiment = {
  name: `socket send, ${WRITERS} sockets`,
  against: 'peer',
  metrics: {
    rate: { unit: 'sends/s', better: 'higher' },
    p50: { unit: 'ms', better: 'lower' },
    p99: { unit: 'ms', better: 'lower' },
  },
  async prepare(bench) {
    const [parley, peer] = [await bench.parley(), await bench.peer()]
    return { ours: () => sendOverSockets(bench, parley), reference: () => sendOverSockets(bench, peer) }
  },
}

const CLIENTS = 500
const MISSED = 10

const resume: Experiment = {
  name: `resume of ${CLIENTS} clients at once`,
  against: 'peer',
  reference: 'peer: connect, then GET history',
  metrics: { time: { unit: 'ms', better: 'lower' } },
  async prepare(bench) {
    const [parley, peer] = [await bench.parley(), await bench.peer()]
    const back = async ({ world, rooms }: Contestant, way: 'cursors' | 'history') => {
      const { ms } = await bench.load.run('resume', { world, rooms, clients: CLIENTS, missed: MISSED, way })
      return { time: ms }
    }
    return { ours: () => back(parley, 'cursors'), reference: () => back(peer, 'history') }
  },
}

export const sockets = [socketSend, fanOutToLimit, fanOutOverNodes, fanOutToPeer, resume]
