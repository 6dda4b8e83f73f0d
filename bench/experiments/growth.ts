import { once, PARLEY, type Bench } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { makeParley, type ParleyEnvironment } from '../processes/parley.js'
import { settle } from '../processes/postgres.js'
import { startServer } from '../processes/server.js'
import { measureRate } from '../rates/measure-rate.js'
import { makeRoom, makeRooms, makeWorld, readAll } from '../world/make-world.js'
import type { Room, World } from '../world/world.js'
import { figures } from './sends.js'

/** Two installations alike in people and chats, one of which has stored much. */

const PEOPLE = 40
const ROOMS = 200
const FEW = 10_000
const LONG = 100_000
const MAX_COST = 1.1

export interface Grown {
  env: ParleyEnvironment
  world: World
  rooms: Room[]
  /** Chats of eight people each: new, with ten thousand messages, and with a hundred thousand. */
  chats: { none: Room; few: Room; long: Room }
}

const messagesIn = (room: Room, { people }: World, messages: number) => ({
  chatId: room.id,
  userIds: room.members.map((member) => people[member]?.id ?? ''),
  messages,
})

async function grow(bench: Bench, name: string, spread: number, inOne: { few: number; long: number }): Promise<Grown> {
  const env = await makeParley(bench.postgres, name)
  const server = bench.releases.add(await startServer({ script: PARLEY, env }))
  const world = await makeWorld(server.url, PEOPLE)
  const rooms = await makeRooms(world, ROOMS, 3)
  const eight = Array.from({ length: 8 }, (_, member) => member)
  const chats = {
    none: await makeRoom(world, 'None', eight),
    few: await makeRoom(world, 'Few', eight),
    long: await makeRoom(world, 'Long', eight),
  }
  const fills = [
    ...rooms.map((room) => messagesIn(room, world, Math.round(spread / ROOMS))),
    messagesIn(chats.few, world, inOne.few),
    messagesIn(chats.long, world, inOne.long),
  ]
  await measureRate('fill', { chats: fills }, { env, place: 'free' })
  await readAll(world, [...rooms, ...Object.values(chats)])
  await settle(env['DATABASE_URL'])
  return { env, world, rooms, chats }
}

const installations = new WeakMap<Bench, () => Promise<{ small: Grown; large: Grown }>>()

/** Made once for a run. */
export function grown(bench: Bench): Promise<{ small: Grown; large: Grown }> {
  const make = once(async () => ({
    small: await grow(bench, 'small', FEW, { few: 0, long: 0 }),
    large: await grow(bench, 'large', bench.options.stored - FEW - LONG, { few: FEW, long: LONG }),
  }))
  const known = installations.get(bench) ?? make
  installations.set(bench, known)
  return known()
}

async function costOfSend(bench: Bench, { world }: Grown, room: Room) {
  const { warmSeconds, seconds } = bench.options
  const load = { connections: 32, keys: 'none', warmSeconds, seconds, listeners: 0 } as const
  const { rate } = figures(await bench.load.run('sendsOverRest', { world, rooms: [room], ...load }))
  return { cost: 1000 / rate }
}

const cost = (unit: string) => ({ cost: { unit, better: 'lower', target: { atMost: MAX_COST } } }) as const

const sendInto = (which: 'few' | 'long', name: string): Experiment => ({
  name,
  against: 'itself',
  reference: 'a new chat',
  metrics: cost('ms a send'),
  async prepare(bench) {
    const { large } = await grown(bench)
    return {
      ours: () => costOfSend(bench, large, large.chats[which]),
      reference: () => costOfSend(bench, large, large.chats.none),
    }
  },
})

async function costOfList(bench: Bench, { world }: Grown) {
  const { warmSeconds, seconds } = bench.options
  const { rate } = figures(await bench.load.run('chatLists', { world, connections: 32, warmSeconds, seconds }))
  return { cost: 1000 / rate }
}

const listOfMany: Experiment = {
  name: 'chat list, with many messages stored (--stored, 200,000)',
  against: 'itself',
  reference: '10,000 stored',
  metrics: cost('ms a list'),
  async prepare(bench) {
    const { small, large } = await grown(bench)
    return { ours: () => costOfList(bench, large), reference: () => costOfList(bench, small) }
  },
}

export const growth = [
  sendInto('few', 'send into a chat with 10,000 messages'),
  sendInto('long', 'send into a chat with 100,000 messages'),
  listOfMany,
]
