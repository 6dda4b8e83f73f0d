import { setTimeout as sleep } from 'node:timers/promises'
import { PARLEY, PEER, type Bench, type Contestant } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { startServer } from '../processes/server.js'
import { residentBytes } from '../processes/usage.js'

/** Each round starts a server of its own, on databases that are there already. */

async function startUp(script: string, { env }: Contestant): Promise<{ time: number }> {
  await using server = await startServer({ script, env })
  return { time: server.startMs }
}

const startUpTime: Experiment = {
  name: 'start-up, to the first answer',
  against: 'peer',
  metrics: { time: { unit: 'ms', better: 'lower' } },
  async prepare(bench) {
    const [parley, peer] = [await bench.parley(), await bench.peer()]
    return { ours: () => startUp(PARLEY, parley), reference: () => startUp(PEER, peer) }
  },
}

const IDLE = 1000
/** Until what connecting left behind has been collected. */
const SETTLE_MS = 3000

async function idleSockets(bench: Bench, script: string, { env, world }: Contestant): Promise<{ memory: number }> {
  await using server = await startServer({ script, env })
  const there = { ...world, url: server.url }
  await bench.load.run('holdSockets', { world: there, count: IDLE / 10 })
  await sleep(SETTLE_MS)
  const before = residentBytes(server.pid)
  await bench.load.run('holdSockets', { world: there, count: IDLE / 10 + IDLE })
  await sleep(SETTLE_MS)
  const memory = (residentBytes(server.pid) - before) / IDLE / 1024
  await bench.load.run('dropSockets', null)
  return { memory }
}

const idleMemory: Experiment = {
  name: 'memory of an idle socket',
  against: 'peer',
  metrics: { memory: { unit: 'KiB', better: 'lower' } },
  async prepare(bench) {
    const [parley, peer] = [await bench.parley(), await bench.peer()]
    return { ours: () => idleSockets(bench, PARLEY, parley), reference: () => idleSockets(bench, PEER, peer) }
  },
}

export const processes = [startUpTime, idleMemory]
