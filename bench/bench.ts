import { createReleases, type Releases } from '../src/app/release.js'
import type { Options } from './options.js'
import { alone } from './processes/alone.js'
import { startLoad, type Load } from './processes/load.js'
import type { Place } from './processes/pinning.js'
import { makeParley, type ParleyEnvironment } from './processes/parley.js'
import { startPostgres, type BenchPostgres } from './processes/postgres.js'
import { startServer, type Server } from './processes/server.js'
import { makeRoom, makeRooms, makeWorld } from './world/make-world.js'
import type { Room, World } from './world/world.js'

/** A server with people and chats in it. */
export interface Contestant {
  server: Server
  env: Readonly<Record<string, string>>
  world: World
  /** Of three people each. */
  rooms: Room[]
  /** One of eight people, that everyone of them writes in. */
  hot: Room
}

export interface ParleyContestant extends Contestant {
  env: ParleyEnvironment
}

/** What experiments work with. Servers are started when they are first asked for, and stay for the whole run. */
export interface Bench extends AsyncDisposable {
  options: Options
  load: Load
  postgres: BenchPostgres
  parley(): Promise<ParleyContestant>
  /** Another one on databases of its own, for the rest of the run. */
  anotherParley(name: string, server: { env: Record<string, string>; place: Place }): Promise<ParleyContestant>
  peer(): Promise<Contestant>
  /** The peer once more on the same database, with an audit row for each message. */
  auditedPeer(): Promise<Contestant>
  /** What an experiment acquires for longer than its own time. */
  releases: Releases
}

export const PARLEY = 'src/main.js'
export const PEER = 'bench/peers/crud/main.js'

const HOT_MEMBERS = 8

export async function startBench(options: Options, print: (text: string) => void): Promise<Bench> {
  const releases = createReleases()
  releases.add(await alone(print))
  const postgres = releases.add(await startPostgres())
  postgres.place(options.postgres)
  const load = releases.add(startLoad())

  async function inhabited<Env>(server: Server, env: Env) {
    const world = await makeWorld(server.url, options.people)
    const rooms = await makeRooms(world, options.rooms, 3)
    const everySecond = Array.from({ length: HOT_MEMBERS }, (_, place) => place * 2)
    const hot = await makeRoom(world, 'Hot', everySecond)
    await warmUp(world, rooms)
    return { server, env, world, rooms, hot }
  }

  /** Compiled code is what is measured. */
  async function warmUp(world: World, rooms: Room[]): Promise<void> {
    const loop = { connections: 32, warmSeconds: 0, seconds: options.isQuick ? 2 : 6 }
    await load.run('sendsOverRest', { world, rooms: rooms.slice(0, 200), listeners: 10, keys: 'message', ...loop })
  }

  const anotherParley: Bench['anotherParley'] = async (name, { env: more, place }) => {
    const env = { ...(await makeParley(postgres, name)), ...more }
    return inhabited(releases.add(await startServer({ script: PARLEY, env, place })), env)
  }

  const parley = once(() => anotherParley('parley', { env: {}, place: 'server' }))

  const peer = once(async () => {
    const env = {
      DATABASE_URL: await postgres.createDatabase('peer'),
      TOKEN_KEY: Buffer.alloc(32, 7).toString('base64'),
    }
    return inhabited(releases.add(await startServer({ script: PEER, env })), env)
  })

  const auditedPeer = once(async () => {
    const plain = await peer()
    const env = { ...plain.env, AUDIT: '1' }
    const server = releases.add(await startServer({ script: PEER, env }))
    return { ...plain, env, server, world: { ...plain.world, url: server.url } }
  })

  return {
    options,
    load,
    postgres,
    parley,
    anotherParley,
    peer,
    auditedPeer,
    releases,
    [Symbol.asyncDispose]: () => releases[Symbol.asyncDispose](),
  }
}

/** Made at the first call, and the same from then on. */
export function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined
  return () => (made ??= make())
}
