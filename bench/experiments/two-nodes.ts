import { PARLEY } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { startServer } from '../processes/server.js'

const MAX_MS = 100

const readYourWrites: Experiment = {
  name: 'read on one node of what was just written on another',
  against: 'limit',
  reference: `p99 of ${MAX_MS} ms`,
  metrics: { p99: { unit: 'ms', better: 'lower', target: { atMost: 1 } } },
  async prepare(bench) {
    const { env, world, rooms } = await bench.parley()
    const { warmSeconds, seconds } = bench.options
    const second = bench.releases.add(await startServer({ script: PARLEY, env }))
    const load = { world, rooms, readUrl: second.url, warmSeconds, seconds }
    return {
      async ours() {
        const { p99 } = await bench.load.run('readsOfOwnWrites', load)
        return { p99 }
      },
      reference: () => Promise.resolve({ p99: MAX_MS }),
      done: async () => second[Symbol.asyncDispose](),
    }
  },
}

export const twoNodes = [readYourWrites]
