import { startEmbeddedPostgres } from '../../../src/postgres/embedded/embedded-postgres.js'
import { execute } from '../../support/test-database.js'

// A process of its own that uses the embedded Postgres below the folder it is given, until it is killed.
const [, , dataDir = ''] = process.argv
const postgres = await startEmbeddedPostgres({ dataDir, log: console.error, settings: { fsync: 'off' } })
await postgres.createDatabase('kept')
await execute(postgres.url('kept'), 'create table note (text text)', `insert into note values ('still here')`)
console.log('ready')
