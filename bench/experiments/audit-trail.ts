import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, ParleyContestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { withClient } from '../processes/postgres.js'
import { runNode } from '../processes/node-process.js'
import { mainThreadSeconds } from '../processes/usage.js'
import { figures } from './sends.js'

/** Until a running server has noticed that a follower was stopped or started. */
const SETTLE_MS = 3000

/** Followers that have not examined the whole log, of those that run and note their position with each event. */
const BEHIND = `select name from projections
  where name in ('conversations', 'audit_trail', 'audit_chain') and not stopped
    and split_part(position, '.', 2)::bigint < (select max("position") from events)`

/** What a follower has to catch up on is no cost of the sends that are measured next. */
async function caughtUp({ env }: ParleyContestant): Promise<void> {
  await withClient(env['DATABASE_URL'] ?? '', async (client) => {
    while ((await client.query(BEHIND)).rows.length > 0) await sleep(100)
  })
}

async function setTrailStopped(stopped: boolean, { env }: ParleyContestant): Promise<void> {
  const action = stopped ? 'stop' : 'start'
  await runNode({ place: 'load', script: 'src/cli.js', args: ['projections', action, 'audit_trail'], env })
  await sleep(SETTLE_MS)
}

async function send(bench: Bench, parley: ParleyContestant): Promise<{ processor: number }> {
  await caughtUp(parley)
  const { server, world, rooms } = parley
  const { warmSeconds, seconds } = bench.options
  const load = { world, rooms: rooms.slice(0, 200), listeners: 0, connections: 32, keys: 'none' as const }
  const before = mainThreadSeconds(server.pid)
  const outcome = await bench.load.run('sendsOverRest', { ...load, warmSeconds, seconds })
  figures(outcome) // throws where requests failed
  return { processor: ((mainThreadSeconds(server.pid) - before) * 1e6) / outcome.asked }
}

/** The chain is stopped by no command; its row does. */
async function setChainStopped(stopped: boolean, { env }: ParleyContestant): Promise<void> {
  await withClient(env['DATABASE_URL'] ?? '', (client) =>
    client.query(`update projections set stopped = $1 where name = 'audit_chain'`, [stopped]),
  )
  await sleep(SETTLE_MS)
}

/** The same server in turns: the follower follows the log, or stands still. */
const costOf = (
  name: string,
  setStopped: (stopped: boolean, parley: ParleyContestant) => Promise<void>,
): Experiment => ({
  name: `send, 32 connections, with the ${name}`,
  against: 'itself',
  reference: `the ${name} stopped`,
  metrics: { processor: { unit: 'µs of the main thread a send', better: 'lower', target: { atMost: 1.07 } } },
  async prepare(bench) {
    const parley = await bench.parley()
    await send(bench, parley) // a server that has just started compiles what it runs
    return {
      ours: () => send(bench, parley),
      async reference() {
        await setStopped(true, parley)
        const sample = await send(bench, parley)
        await setStopped(false, parley)
        return sample
      },
    }
  },
})

export const auditTrail = [costOf('audit trail', setTrailStopped), costOf('audit chain', setChainStopped)]
