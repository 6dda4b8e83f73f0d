import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, ParleyContestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { withClient } from '../processes/postgres.js'
import { runNode } from '../processes/node-process.js'
import { withProcessor } from './sends.js'

/** Until a running server has noticed the command, and the trail has caught up. */
const SETTLE_MS = 3000

async function command(action: 'stop' | 'start', { env }: ParleyContestant): Promise<void> {
  await runNode({ place: 'load', script: 'src/cli.js', args: ['projections', action, 'audit_trail'], env })
  await sleep(SETTLE_MS)
}

async function send(bench: Bench, { server, world, rooms }: ParleyContestant): Promise<{ processor: number }> {
  const { warmSeconds, seconds } = bench.options
  const load = { world, rooms: rooms.slice(0, 200), listeners: 0, connections: 32, keys: 'none' as const }
  const { processor } = await withProcessor(server, () =>
    bench.load.run('sendsOverRest', { ...load, warmSeconds, seconds }),
  )
  return { processor }
}

/** The same server in turns: the trail follows the log, or stands still. */
const trailCost: Experiment = {
  name: 'send, 32 connections, with the audit trail',
  against: 'itself',
  reference: 'the audit trail stopped',
  metrics: { processor: { unit: 'µs of the server a send', better: 'lower', target: { atMost: 1.07 } } },
  async prepare(bench) {
    const parley = await bench.parley()
    return {
      ours: () => send(bench, parley),
      async reference() {
        await command('stop', parley)
        const sample = await send(bench, parley)
        await command('start', parley)
        return sample
      },
    }
  },
}

/** The same for the chain, which no command stops: its row does. */
const setChainStopped = async ({ env }: ParleyContestant, stopped: boolean): Promise<void> => {
  await withClient(env['DATABASE_URL'] ?? '', (client) =>
    client.query(`update projections set stopped = $1 where name = 'audit_chain'`, [stopped]),
  )
  await sleep(SETTLE_MS)
}

const chainCost: Experiment = {
  name: 'send, 32 connections, with the audit chain',
  against: 'itself',
  reference: 'the audit chain stopped',
  metrics: { processor: { unit: 'µs of the server a send', better: 'lower', target: { atMost: 1.07 } } },
  async prepare(bench) {
    const parley = await bench.parley()
    return {
      ours: () => send(bench, parley),
      async reference() {
        await setChainStopped(parley, true)
        const sample = await send(bench, parley)
        await setChainStopped(parley, false)
        return sample
      },
    }
  },
}

export const auditTrail = [trailCost, chainCost]
