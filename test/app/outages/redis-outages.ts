import { once } from 'node:events'
import type { Redis } from 'ioredis'
import type { OwnRedis } from '../../support/redis.js'
import type { Outage } from './outage.js'

export interface RedisServer {
  own: OwnRedis
  /** Connected before the outage, and not ended by it unless the server is. */
  admin: Redis
}

async function end({ own }: RedisServer, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const ended = once(own.process, 'exit')
  own.process.kill(signal)
  await ended
}

const set = async ({ admin }: RedisServer, name: string, value: string): Promise<void> => {
  await admin.config('SET', name, value)
}

/** A full disk is a full memory here: Redis keeps nothing else for Parley. */
export const redisOutages: Outage<RedisServer>[] = [
  {
    way: 'is stopped',
    isSample: false,
    begin: (server) => end(server, 'SIGTERM'),
    end: ({ own }) => own.restart(),
  },
  { way: 'crashes', isSample: false, begin: (server) => end(server, 'SIGKILL'), end: ({ own }) => own.restart() },
  {
    way: 'hangs',
    isSample: true,
    begin: ({ own }) => void own.process.kill('SIGSTOP'),
    end: ({ own }) => void own.process.kill('SIGCONT'),
  },
  {
    way: 'has a full memory',
    isSample: false,
    begin: (server) => set(server, 'maxmemory', '1'),
    end: (server) => set(server, 'maxmemory', '0'),
  },
  {
    way: 'is a replica without its primary, which is read-only',
    isSample: false,
    begin: async ({ admin }) => {
      await admin.replicaof('127.0.0.1', 1)
    },
    end: async ({ admin }) => {
      await admin.replicaof('NO', 'ONE')
    },
  },
  {
    way: 'has no connection left',
    isSample: false,
    begin: async (server) => {
      await set(server, 'maxclients', '1')
      await server.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    },
    end: (server) => set(server, 'maxclients', '1000'),
  },
]
