import { setTimeout as sleep } from 'node:timers/promises'
import { PARLEY } from '../bench.js'
import type { Load } from '../processes/load.js'
import { makeParley, type ParleyEnvironment } from '../processes/parley.js'
import type { BenchPostgres } from '../processes/postgres.js'
import { startServer, type Server } from '../processes/server.js'
import { mainThreadSeconds } from '../processes/usage.js'
import { makeRooms, makeWorld } from '../world/make-world.js'
import type { Room, World } from '../world/world.js'
import type { AbLoad } from './ab-loads.js'

/** A build under comparison, with users and chats in databases of its own. */
export interface Build {
  /** The folder that holds its `src`, compiled; this build's where absent. */
  folder?: string
  env: ParleyEnvironment
  world: World
  rooms: Room[]
}

const USERS = 40
const ROOMS = 200

/** A pause in which a server that has nothing left to do uses less than this of its main thread. */
const PAUSE_MS = 100
const IDLE_SECONDS = 0.01
const MAX_PAUSES = 100

const start = ({ folder, env }: Pick<Build, 'folder' | 'env'>): Promise<Server> =>
  startServer({ script: PARLEY, env, ...(folder !== undefined && { folder }) })

export async function prepareBuild(postgres: BenchPostgres, name: string, folder?: string): Promise<Build> {
  const build = { env: await makeParley(postgres, name), ...(folder !== undefined && { folder }) }
  await using server = await start(build)
  const world = await makeWorld(server.url, USERS)
  return { ...build, world, rooms: await makeRooms(world, ROOMS, 3) }
}

/** A newly started server of a build. */
export interface RunningBuild extends AsyncDisposable {
  /** Microseconds of the main thread for each request, with all that the requests leave to be done after their answers. */
  measure(abLoad: AbLoad, seconds: number): Promise<number>
}

export async function startBuild(build: Build, load: Load): Promise<RunningBuild> {
  const server = await start(build)
  const world = { ...build.world, url: server.url }
  return {
    async measure(abLoad, seconds) {
      const before = mainThreadSeconds(server.pid)
      const { asked, bad } = await abLoad.run(load, world, build.rooms, seconds)
      if (Object.keys(bad).length > 0) throw new Error(`${abLoad.name}: requests failed: ${JSON.stringify(bad)}`)
      return (((await idle(server.pid)) - before) * 1e6) / asked
    },
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  }
}

/** The seconds used when there was nothing left to do. */
async function idle(pid: number): Promise<number> {
  let used = mainThreadSeconds(pid)
  for (let pauses = 0; pauses < MAX_PAUSES; pauses++) {
    await sleep(PAUSE_MS)
    const now = mainThreadSeconds(pid)
    if (now - used < IDLE_SECONDS) return used
    used = now
  }
  return used
}
