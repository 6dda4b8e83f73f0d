import type { Bench, Contestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { settle } from '../processes/postgres.js'
import { readAll } from '../world/make-world.js'
import { withProcessor } from './sends.js'

const CONNECTIONS = 32
/** So many people read; they have read everything before, so that nobody counts thousands of unread messages. */
const READERS = 40

type Read = (bench: Bench, contestant: Contestant) => Promise<{ rate: number; p99: number; processor: number }>

const chatLists: Read = async (bench, { server, world }) => {
  const { warmSeconds, seconds } = bench.options
  const readers = { ...world, people: world.people.slice(0, READERS) }
  const load = { world: readers, connections: CONNECTIONS, warmSeconds, seconds }
  return withProcessor(server, () => bench.load.run('chatLists', load))
}

const histories: Read = async (bench, { server, world, rooms }) => {
  const { warmSeconds, seconds } = bench.options
  const load = { world, rooms: rooms.slice(0, 200), connections: CONNECTIONS, warmSeconds, seconds }
  return withProcessor(server, () => bench.load.run('histories', load))
}

const reading = (name: string, read: Read): Experiment => ({
  name,
  against: 'peer',
  isQuick: true,
  metrics: {
    rate: { unit: 'reads/s', better: 'higher', target: { atLeast: 0.9 } },
    p99: { unit: 'ms', better: 'lower' },
    processor: { unit: 'µs of the server a read', better: 'lower' },
  },
  async prepare(bench) {
    const [parley, peer] = [await bench.parley(), await bench.peer()]
    for (const { world, rooms, env } of [parley, peer]) {
      await readAll(world, roomsOfReaders(rooms))
      await settle(env['DATABASE_URL'])
    }
    return { ours: () => read(bench, parley), reference: () => read(bench, peer) }
  },
})

/** Only the readers' own places. */
const roomsOfReaders = (rooms: Contestant['rooms']): Contestant['rooms'] =>
  rooms
    .map(({ id, members }) => ({ id, members: members.filter((member) => member < READERS) }))
    .filter(({ members }) => members.length > 0)

export const reads = [
  reading('chat list, 32 connections', chatLists),
  reading('history, latest 50 messages, 32 connections', histories),
]
