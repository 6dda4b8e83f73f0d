import { chmod, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { Client } from 'pg'
import { makeDataDir } from '../../../src/postgres/embedded/data-dir.js'
import { eventually } from '../../support/eventually.js'
import { execute } from '../../support/test-database.js'
import { holdPostgres, killAndWait, postgresFolder } from './postgres-folder.js'

const notes = (url: string) => execute<{ text: string }>(url, 'select text from note')

describe('embedded Postgres', function () {
  this.timeout(240_000)

  it('outlives a process that was killed with its terminal, and is used by the next one with its data', async () => {
    await using folder = await postgresFolder()
    const killed = holdPostgres(folder.dataDir)
    await killed.ready()
    const pid = await folder.pid()
    await killed.kill()

    await using postgres = await folder.start()
    expect(await folder.pid()).to.equal(pid)
    expect(await notes(postgres.url('kept'))).to.deep.equal([{ text: 'still here' }])
    await postgres.leave()
    expect(folder.isRunning()).to.be.false
  })

  it('is stopped by the last process that leaves', async () => {
    await using folder = await postgresFolder()
    const starter = await folder.start()
    const other = await folder.start()
    await starter.leave()
    await other.createDatabase('later')
    expect(await execute(other.url('later'), 'select 1 as one')).to.deep.equal([{ one: 1 }])
    await other.leave()
    expect(folder.isRunning()).to.be.false
  })

  it('is started once when several processes start at once', async () => {
    await using folder = await postgresFolder()
    const users = await Promise.all([folder.start(), folder.start(), folder.start()])
    expect(new Set(users.map((user) => user.url('postgres'))).size).to.equal(1)
    await Promise.all(users.map((user) => user.leave()))
    expect(folder.isRunning()).to.be.false
  })

  it('keeps running for a client that is still connected', async () => {
    await using folder = await postgresFolder()
    const postgres = await folder.start()
    const client = new Client({ connectionString: postgres.url('postgres') })
    await client.connect()
    await postgres.leave()
    expect((await client.query('select 1 as one')).rows).to.deep.equal([{ one: 1 }])
    await client.end()
  })

  it('recovers what was committed when the server itself is killed', async () => {
    await using folder = await postgresFolder()
    const killed = holdPostgres(folder.dataDir)
    await killed.ready()
    await killed.kill()
    await killAndWait(await folder.pid(), 'SIGKILL')

    await using postgres = await folder.start()
    expect(await notes(postgres.url('kept'))).to.deep.equal([{ text: 'still here' }])
  })

  it('restarts a server that was killed under a running process, on the same port, and says so', async () => {
    await using folder = await postgresFolder()
    await using postgres = await folder.start()
    await postgres.createDatabase('kept')
    const url = postgres.url('kept')
    await execute(url, 'create table note (text text)', "insert into note values ('still here')")
    const pid = await folder.pid()
    await killAndWait(pid, 'SIGKILL')
    await eventually(() => expect(folder.log()).to.include('The embedded Postgres runs again'), { timeoutMs: 40_000 })
    expect(await folder.pid()).not.to.equal(pid)
    expect(await notes(url)).to.deep.equal([{ text: 'still here' }])
    await postgres.leave()
    expect(folder.isRunning()).to.be.false
  })

  it('creates its folder for the owner alone, with any umask', async () => {
    await using folder = await postgresFolder()
    for (const umask of [0o000, 0o022, 0o077]) {
      const before = process.umask(umask)
      const made = await makeDataDir(join(folder.dataDir, `umask-${umask}`, '.parley')).finally(() =>
        process.umask(before),
      )
      expect((await stat(made)).mode & 0o777).to.equal(0o700)
    }
  })

  it('starts despite a stale pid file whose number belongs to another process', async () => {
    await using folder = await postgresFolder()
    const first = await folder.start()
    const pidFile = await readFile(folder.pidFile, 'utf8')
    await first.leave()
    await writeFile(folder.pidFile, pidFile.replace(/^\d+/, String(process.pid)))

    await using postgres = await folder.start()
    expect(await execute(postgres.url('postgres'), 'select 1 as one')).to.deep.equal([{ one: 1 }])
    expect(await folder.pid()).not.to.equal(process.pid)
  })

  it('starts again where the creation of the data was interrupted', async () => {
    await using folder = await postgresFolder()
    const killed = holdPostgres(folder.dataDir)
    const halfMade = await eventually(async () => {
      const files = await readdir(folder.dataDir, { recursive: true })
      expect(files.some((file) => file.endsWith('PG_VERSION'))).to.be.true
      return files
    })
    await killed.kill()
    expect(halfMade).not.to.include('postgres/postgresql.auto.conf')
    // Rather than wait for ten seconds until the killed holder's lock counts no more.
    await utimes(join(folder.dataDir, 'postgres.lock'), 0, 0)

    await using postgres = await folder.start()
    expect(await execute(postgres.url('postgres'), 'select 1 as one')).to.deep.equal([{ one: 1 }])
    expect((await readdir(folder.dataDir)).filter((name) => name.includes('init'))).to.deep.equal([])
  })

  it('requires a password, which only its owner can read', async () => {
    await using folder = await postgresFolder()
    await using postgres = await folder.start()
    const file = join(folder.dataDir, 'postgres-password')
    expect((await stat(file)).mode & 0o777).to.equal(0o600)
    expect(new URL(postgres.url('any')).password).to.equal(await readFile(file, 'utf8'))

    const withoutPassword = new URL(postgres.url('postgres'))
    withoutPassword.password = 'guessed'
    const refusal = await execute(withoutPassword.href, 'select 1').catch((error: unknown) => error)
    expect(refusal).to.have.property('code', '28P01')
  })

  it('creates a database once, with any name', async () => {
    await using folder = await postgresFolder()
    await using postgres = await folder.start()
    await postgres.createDatabase('odd "name"')
    await postgres.createDatabase('odd "name"')
    const databases = await execute<{ datname: string }>(postgres.url('postgres'), 'select datname from pg_database')
    expect(databases.map(({ datname }) => datname)).to.include('odd "name"')
  })

  it('as root, keeps its data where its system user has access, reports that, and finds it there again', async function () {
    if (process.getuid?.() !== 0) skip(this, 'only root runs Postgres as another user')
    await using folder = await postgresFolder()
    await chmod(folder.dataDir, 0o700)
    await using first = await folder.start()
    const data = /its data is in (.*)$/m.exec(folder.log())![1]!
    await first.createDatabase('kept')
    await first.leave()

    await chmod(folder.dataDir, 0o755)
    await using second = await folder.start()
    expect(await execute(second.url('kept'), 'select 1 as one')).to.deep.equal([{ one: 1 }])
    await second.leave()
    await rm(dirname(data), { recursive: true })
  })
})

function skip(context: Mocha.Context, reason: string): never {
  console.log(`      skipped: ${reason}`)
  return context.skip()
}
