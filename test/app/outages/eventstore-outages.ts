import { once } from 'node:events'
import type { ChildServer } from '../../support/eventstore-server/child-server.js'
import { openSmallDisk, type SmallDisk } from '../../support/small-disk.js'
import type { Outage } from './outage.js'

export interface EventStoreServer {
  own: ChildServer
  /** What its data is on; null where none may be mounted. */
  disk: SmallDisk | null
}

const restart = async ({ own }: EventStoreServer, ...args: string[]): Promise<void> => {
  await own.kill()
  await own.start(...args)
}

async function stop({ own }: EventStoreServer): Promise<void> {
  const ended = once(own.process, 'exit')
  own.process.kill('SIGTERM')
  await ended
}

/** A node that may not write, for whatever reason, is one that is not ready: it has no mode of its own for that. */
export const eventStoreOutages: Outage<EventStoreServer>[] = [
  { way: 'is stopped', isSample: false, begin: stop, end: (server) => restart(server) },
  { way: 'crashes', isSample: true, begin: ({ own }) => own.kill(), end: (server) => restart(server) },
  {
    way: 'hangs',
    isSample: false,
    begin: ({ own }) => void own.process.kill('SIGSTOP'),
    end: ({ own }) => void own.process.kill('SIGCONT'),
  },
  {
    way: 'is not ready',
    isSample: false,
    begin: (server) => restart(server, '--not-ready-ms', '3600000'),
    end: (server) => restart(server),
  },
]

/** It ends itself at the first write that it cannot finish, as EventStoreDB does. */
export const fullDisk: Outage<EventStoreServer> = {
  way: 'has a full disk',
  isSample: false,
  begin: ({ disk }) => disk?.fill(),
  async end(server) {
    await server.disk?.free()
    await restart(server)
  },
}

const DISK_MB = 16

export const openEventStoreDisk = (): Promise<SmallDisk | null> => openSmallDisk(DISK_MB)
