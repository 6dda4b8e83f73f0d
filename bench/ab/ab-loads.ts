import type { Load } from '../processes/load.js'
import type { RestOutcome } from '../load/closed-loop.js'
import type { Room, World } from '../world/world.js'

/** What one round asks of a server. */
export interface AbLoad {
  name: string
  run(load: Load, world: World, rooms: Room[], seconds: number): Promise<RestOutcome>
}

const LISTENERS = 10

const sends = (name: string, connections: number, keys: 'none' | 'message' = 'none'): AbLoad => ({
  name,
  run: (load, world, rooms, seconds) =>
    load.run('sendsOverRest', { world, rooms, listeners: LISTENERS, connections, keys, warmSeconds: 0, seconds }),
})

/** The loads that `--ab` compares two builds by. */
export const abLoads: readonly AbLoad[] = [
  sends('send, 32 connections', 32),
  sends('send with client keys, 32 connections', 32, 'message'),
  sends('send, 1 connection', 1),
  {
    name: 'socket send, 32 sockets',
    run: (load, world, rooms, seconds) =>
      load.run('sendsOverSockets', { world, rooms, sockets: 32, warmSeconds: 0, seconds }),
  },
]
