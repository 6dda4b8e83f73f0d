import { join } from 'node:path'
import type { Bench } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { startServer } from '../processes/server.js'
import { measureRate } from '../rates/measure-rate.js'
import { figures } from './sends.js'

const CONNECTIONS = 32
const WRITERS = 32
const MANY_WRITERS = 256
const COPIED_ROWS = 100_000

const rate = (unit: string) => ({ rate: { unit, better: 'higher' } }) as const

const express: Experiment = {
  name: `send, ${CONNECTIONS} connections, beside bare express`,
  against: 'limit',
  reference: 'express + express.json()',
  metrics: rate('requests/s'),
  async prepare(bench) {
    const parley = await bench.parley()
    const bare = await startServer({ script: 'bench/peers/express/main.js' })
    const { warmSeconds, seconds } = bench.options
    const send = async (url: string) => {
      const rooms = parley.rooms.slice(0, 200)
      const load = { connections: CONNECTIONS, keys: 'none', warmSeconds, seconds, listeners: 0 } as const
      return figures(await bench.load.run('sendsOverRest', { world: { ...parley.world, url }, rooms, ...load }))
    }
    return {
      ours: () => send(parley.world.url),
      reference: () => send(bare.url),
      done: async () => bare[Symbol.asyncDispose](),
    }
  },
}

/** A log that nobody else writes to. */
const logDatabase = (bench: Bench): Promise<string> => bench.postgres.createDatabase('log_alone')

const appends = (writers: number): Experiment => ({
  name: `log append, ${writers} streams at once`,
  against: 'limit',
  reference: 'single inserts',
  metrics: rate('events/s'),
  async prepare(bench) {
    const args = { url: await logDatabase(bench), writers, seconds: bench.options.seconds }
    return {
      ours: async () => ({ rate: await measureRate('loggedEvents', args) }),
      reference: async () => ({ rate: await measureRate('insertedEvents', args) }),
    }
  },
})

const appendsBesideCopy: Experiment = {
  name: `log append, ${MANY_WRITERS} streams at once, beside COPY`,
  against: 'limit',
  reference: 'COPY',
  metrics: rate('events/s'),
  async prepare(bench) {
    const url = await logDatabase(bench)
    const file = join(bench.postgres.exchange, 'events')
    return {
      ours: async () => ({
        rate: await measureRate('loggedEvents', { url, writers: MANY_WRITERS, seconds: bench.options.seconds }),
      }),
      reference: async () => ({ rate: await measureRate('copiedEvents', { url, file, rows: COPIED_ROWS }) }),
    }
  },
}

const logReads: Experiment = {
  name: 'log read, pages of 1,000',
  against: 'limit',
  reference: 'driver alone',
  metrics: rate('events/s'),
  async prepare(bench) {
    const url = await logDatabase(bench)
    const { seconds } = bench.options
    await measureRate('loggedEvents', { url, writers: MANY_WRITERS, seconds })
    return {
      ours: async () => ({ rate: await measureRate('readEvents', { url, seconds }) }),
      reference: async () => ({ rate: await measureRate('readRows', { url, seconds }) }),
    }
  },
}

const eventStoreUrl = process.env['EVENTSTORE_URL']

const eventStoreAppends = (writers: number): Experiment => ({
  name: `EventStoreDB append, ${writers} streams at once`,
  against: 'limit',
  reference: 'client alone',
  metrics: { rate: { unit: 'events/s', better: 'higher', target: { atLeast: 0.8 } } },
  prepare(bench) {
    const args = { url: eventStoreUrl ?? '', writers, seconds: bench.options.seconds }
    return Promise.resolve({
      ours: async () => ({ rate: await measureRate('adapterAppends', args) }),
      reference: async () => ({ rate: await measureRate('clientAppends', args) }),
    })
  },
})

/** Only where there is one. */
const eventStoreDb = eventStoreUrl === undefined ? [] : [1, WRITERS, MANY_WRITERS].map(eventStoreAppends)

export const limits = [express, appends(1), appends(WRITERS), appendsBesideCopy, logReads, ...eventStoreDb]
