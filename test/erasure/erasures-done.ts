import { expect } from 'chai'
import { userStream } from '../../src/domain/streams.js'
import { eventually } from '../support/eventually.js'
import { execute } from '../support/test-database.js'
import type { TestApp } from '../support/test-app.js'

/** Until every read model has examined the log. */
export async function caughtUp({ app }: Pick<TestApp, 'app'>): Promise<void> {
  const { log, runners } = app.core
  const head = await log.head()
  await Promise.all(Object.values(runners).map(({ progress }) => progress.reached(head)))
}

/** Until the erasure of the user is complete, and every read model has examined it. */
export async function erasureDone(parley: Pick<TestApp, 'app' | 'config'>, userId: string): Promise<void> {
  await eventually(
    async () => {
      const events = await parley.app.core.log.readStream(userStream(userId), { limit: 100 })
      expect(events.map(({ type }) => type)).to.include('UserErased')
      const sql = `select user_id from erasures where user_id = '${userId}'`
      expect(await execute(parley.config.databaseUrl!, sql)).to.deep.equal([])
    },
    { timeoutMs: 60_000 },
  )
  await caughtUp(parley)
}
