import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, ParleyContestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { withClient } from '../processes/postgres.js'
import { runNode } from '../processes/node-process.js'
import { withProcessor } from './sends.js'

/** Until a running server has noticed the command, and the trail has caught up. */
const SETTLE_MS = 3000

async function setTrailStopped(stopped: boolean, { env }: ParleyContestant): Promise<void> {
  const action = stopped ? 'stop' : 'start'
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
  metrics: { processor: { unit: 'µs of the server a send', better: 'lower', target: { atMost: 1.07 } } },
  async prepare(bench) {
    const parley = await bench.parley()
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
