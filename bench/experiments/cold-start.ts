import type { Bench } from '../bench.js'
import { PARLEY } from '../bench.js'
import type { Experiment } from '../experiment.js'
import { withClient } from '../processes/postgres.js'
import { startServer } from '../processes/server.js'
import { call } from '../world/make-world.js'
import { grown, type Grown } from './growth.js'

/** A process that has just started answers the first send into a long chat; everything else about it is ready. */
async function firstSend({ env, world, chats: { long } }: Grown): Promise<{ time: number }> {
  await using server = await startServer({ script: PARLEY, env })
  const token = world.people[long.members[0] ?? 0]?.token ?? null
  const began = performance.now()
  await call(server.url, 'POST', `/chats/${long.id}/messages`, token, { content: 'Good morning' })
  return { time: performance.now() - began }
}

const streamOf = ({ chats: { long } }: Grown): string => `chat-${long.id}`

/** Keeps the chat's snapshot aside: what a round deletes, the next one has again. */
const keepSnapshot = (large: Grown) =>
  withClient(large.env['DATABASE_URL'] ?? '', async (client) => {
    const { rowCount } = await client.query(
      `create table kept_snapshot as select * from snapshots where stream = '${streamOf(large)}'`,
    )
    if (rowCount !== 1) throw new Error('the long chat has no snapshot')
  })

const dropSnapshot = (large: Grown) =>
  withClient(large.env['DATABASE_URL'] ?? '', (client) =>
    client.query('delete from snapshots where stream = $1', [streamOf(large)]),
  )

async function restoreSnapshot(large: Grown): Promise<void> {
  await dropSnapshot(large)
  await withClient(large.env['DATABASE_URL'] ?? '', (client) =>
    client.query('insert into snapshots select * from kept_snapshot'),
  )
}

const coldStart: Experiment = {
  name: 'cold start of a chat with 100,000 events: first send',
  against: 'itself',
  reference: 'without its snapshot',
  metrics: { time: { unit: 'ms', better: 'lower' } },
  async prepare(bench: Bench) {
    const { large } = await grown(bench)
    await keepSnapshot(large)
    return {
      async ours() {
        await restoreSnapshot(large)
        return firstSend(large)
      },
      async reference() {
        await dropSnapshot(large)
        return firstSend(large)
      },
    }
  },
}

export const coldStarts = [coldStart]
