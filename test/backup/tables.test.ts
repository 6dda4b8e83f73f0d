import { expect } from 'chai'
import { backupTables, otherTables } from '../../src/backup/tables.js'
import { createTestDatabase, execute } from '../support/test-database.js'

describe('tables in a backup', () => {
  it('are all tables of the main database, but for those with a reason not to be', async () => {
    await using database = await createTestDatabase()
    const rows = await execute<{ name: string }>(
      database.url,
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    )
    const listed = [...backupTables.map(({ table }) => table), ...Object.keys(otherTables)]
    expect(rows.map(({ name }) => name).toSorted()).to.deep.equal(listed.toSorted())
  })
})
