import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../postgres/embedded/embedded-postgres.js'

let starting: Promise<{ postgres: EmbeddedPostgres; dataDir: string }> | undefined

/** URL of an empty database, of a Postgres that is started by the first call and stopped after the last test. */
export async function testDatabaseUrl(): Promise<string> {
  starting ??= start()
  return (await starting).postgres.url('postgres')
}

async function start() {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-projection-test-'))
  await chmod(dataDir, 0o755) // as root, Postgres runs as another user
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings: { fsync: 'off' } })
  return { postgres, dataDir }
}

after(async () => {
  if (starting === undefined) return
  const { postgres, dataDir } = await starting
  await postgres.leave()
  await rm(dataDir, { recursive: true, maxRetries: 10 })
})
