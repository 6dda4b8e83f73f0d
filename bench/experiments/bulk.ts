import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once, type Bench } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { runNode } from '../processes/node-process.js'
import { makeParley } from '../processes/parley.js'
import { withClient } from '../processes/postgres.js'
import { measureRate } from '../rates/measure-rate.js'

/** What goes through many events or rows at once, without a server. */

const CHATS = 20
const PEOPLE = 50

/** An archive as `parley import` takes it: messages only, everyone writes everywhere. */
function archive(lines: number): string {
  const began = Date.UTC(2024, 0, 1)
  return Array.from({ length: lines }, (_, line) =>
    JSON.stringify({
      chat: `chat ${line % CHATS}`,
      user: `user ${(line * 7) % PEOPLE}`,
      at: new Date(began + line * 1000).toISOString(),
      type: 'message',
      content: `Line ${line} of an archive that was made up: it stands for a message of ordinary length.`,
    }),
  ).join('\n')
}

const environments = new WeakMap<Bench, ReturnType<typeof makeEnvironment>>()

function makeEnvironment(bench: Bench) {
  return once(() => makeParley(bench.postgres, 'bulk'))
}

/** The same Parley for import and catch-up, so that there is something to catch up with. */
function bulkParley(bench: Bench) {
  const known = environments.get(bench) ?? makeEnvironment(bench)
  environments.set(bench, known)
  return known()
}

let sources = 0

async function importOnce(bench: Bench, file: string): Promise<number> {
  const args = ['import', file, '--source', `source-${sources++}`, '--json']
  const env = await bulkParley(bench)
  const output = await runNode({ place: 'server', script: 'src/cli.js', args, env })
  const { lines, messages, seconds } = JSON.parse(output) as { lines: number; messages: number; seconds: number }
  if (messages < lines) throw new Error(`${lines - messages} lines were not imported`)
  return lines / seconds
}

async function importToPeer(bench: Bench, file: string): Promise<number> {
  const env = { DATABASE_URL: await bench.postgres.createDatabase(`peer_import_${sources++}`) }
  const output = await runNode({ place: 'server', script: 'bench/peers/crud/import.js', args: [file], env })
  const { lines, seconds } = JSON.parse(output) as { lines: number; seconds: number }
  return lines / seconds
}

const importRate: Experiment = {
  name: 'import of an archive',
  against: 'peer',
  reference: 'peer: rows, 1,000 in a statement',
  metrics: { rate: { unit: 'lines/s', better: 'higher' } },
  prepare(bench) {
    const file = join(bench.postgres.exchange, 'archive.ndjson')
    writeFileSync(file, archive(bench.options.lines))
    return Promise.resolve({
      ours: async () => ({ rate: await importOnce(bench, file) }),
      reference: async () => ({ rate: await importToPeer(bench, file) }),
      done() {
        rmSync(file)
        return Promise.resolve()
      },
    })
  },
}

/** The rows that catching up made, into a table with the same columns and indexes; rows a second. */
const copyRows = (url: string, table: string, file: string): Promise<number> =>
  withClient(url, async (client) => {
    await client.query(`create table copied (like ${table} including all)`)
    await client.query(`copy ${table} to '${file}'`)
    const began = performance.now()
    const { rowCount } = await client.query(`copy copied from '${file}'`)
    const rate = ((rowCount ?? 0) * 1000) / (performance.now() - began)
    await client.query('drop table copied')
    return rate
  })

const rebuilding = (name: string, all: boolean): Experiment => ({
  name,
  against: 'limit',
  reference: 'COPY of its messages, with indexes',
  metrics: {
    rate: { unit: 'events/s', better: 'higher', ...(all ? {} : { target: { atLeast: 0.3 } }) },
    memory: { unit: 'MiB at most, and before', better: 'lower' },
  },
  async prepare(bench) {
    const env = await bulkParley(bench)
    const file = join(bench.postgres.exchange, 'archive.ndjson')
    writeFileSync(file, archive(bench.options.lines))
    await importOnce(bench, file)
    let [table, beforeMib] = ['', 0]
    return {
      async ours() {
        const rebuilt = await measureRate('rebuild', { all }, { env })
        ;({ table, beforeMib } = rebuilt)
        return { rate: rebuilt.rate, memory: rebuilt.peakMib }
      },
      async reference() {
        const rate = await copyRows(env['DATABASE_URL'] ?? '', table, join(bench.postgres.exchange, 'messages'))
        return { rate, memory: beforeMib }
      },
    }
  },
})

const verification = (name: string, against: 'log' | 'table', oursAtLeast: number): Experiment => ({
  name,
  against: 'limit',
  reference: 'read of the log and SHA-256 alone',
  metrics: { rate: { unit: 'entries/s', better: 'higher', target: { oursAtLeast } } },
  async prepare(bench) {
    const env = await bulkParley(bench)
    const file = join(bench.postgres.exchange, 'archive.ndjson')
    writeFileSync(file, archive(bench.options.lines))
    await importOnce(bench, file)
    return {
      ours: async () => ({ rate: await measureRate('verifiedEntries', { against }, { env }) }),
      reference: async () => ({ rate: await measureRate('digestedEvents', { pageSize: 2_000 }, { env }) }),
    }
  },
})

export const bulk = [
  importRate,
  rebuilding('rebuild of conversations', false),
  rebuilding('rebuild of all projections', true),
  verification('verification of the audit chain, with the log', 'log', 25_000),
  verification('verification of the audit chain, tables alone', 'table', 60_000),
]
