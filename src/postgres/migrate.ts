import knexPackage, { type Knex } from 'knex'

const { knex } = knexPackage // CommonJS: its names cannot be imported one by one

export interface Migration {
  /** Never changes once released: the database remembers it. */
  name: string
  up(knex: Knex): Promise<void>
  /** Takes back all that `up` made. */
  down(knex: Knex): Promise<void>
}

/**
 * Runs the migrations that the database has not seen, in the order of the list: all of them, or none. Migrations it has seen and
 * the list does not know are left alone: whether to start on the database of a newer release is the caller's decision.
 */
export const migrate = (url: string, migrations: readonly Migration[]): Promise<void> =>
  inTurn(url, migrations, async (trx) => {
    await trx.migrate.latest()
  })

/** Takes back the last `steps` migrations that ran, newest first: all of these, or none. */
export const rollback = (url: string, migrations: readonly Migration[], steps = 1): Promise<void> =>
  inTurn(url, migrations, async (trx) => {
    for (let step = 0; step < steps; step++) await trx.migrate.down()
  })

/**
 * knex marks a running migration with a row, which a killed process leaves behind. So everything, that row included, happens in one
 * transaction under an advisory lock: a killed process leaves nothing behind, and a second process waits and then finds it done.
 */
async function inTurn(url: string, list: readonly Migration[], work: (trx: Knex) => Promise<void>): Promise<void> {
  const database = knex({
    client: 'pg',
    connection: url,
    pool: { min: 0, max: 1 },
    migrations: listed(list),
    log: SILENT,
  })
  try {
    await database.transaction(async (trx) => {
      await trx.raw(`select pg_advisory_xact_lock(hashtextextended('parley/migrations', 0))`)
      await work(trx)
    })
  } finally {
    await database.destroy()
  }
}

const listed = (list: readonly Migration[]): Knex.MigratorConfig => ({
  disableMigrationsListValidation: true,
  migrationSource: {
    getMigrations: () => Promise.resolve([...list]),
    getMigrationName: (migration: Migration) => migration.name,
    getMigration: (migration: Migration) => Promise.resolve(migration),
  },
})

// Errors are thrown, and reported once by the caller.
const SILENT = { warn: () => undefined }
