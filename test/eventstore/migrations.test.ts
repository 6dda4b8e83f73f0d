import { expect } from 'chai'
import knex from 'knex'
import { logMigrations } from '../../src/eventstore/postgres/migrations.js'
import { createTestDatabase, execute } from '../support/test-database.js'
import { openPostgresLog } from './postgres-log.js'

describe('The migrations of the log', () => {
  it('can be rolled back completely, and run again', async () => {
    await using database = await createTestDatabase()
    const db = knex({ client: 'pg', connection: database.url })
    for (const migration of logMigrations.toReversed()) await migration.down(db)
    expect(await execute(database.url, `select from pg_class where relname like 'events%'`)).to.deep.equal([])
    expect(await execute(database.url, `select from pg_proc where proname = 'append_events'`)).to.deep.equal([])
    for (const migration of logMigrations) await migration.up(db)
    await db.destroy()
    await using opened = await openPostgresLog(database.url)
    expect((await opened.log.readAll(opened.log.start, 10)).events).to.have.length(1)
  })
})
