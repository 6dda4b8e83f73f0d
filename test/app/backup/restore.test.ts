import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect } from 'chai'
import { makeBackup, type MadeBackup } from '../../../src/app/backup/make-backup.js'
import { restore } from '../../../src/app/backup/restore.js'
import type { RestoreRequest } from '../../../src/app/backup/restore-request.js'
import type { Config } from '../../../src/app/config.js'
import { createApp, type App } from '../../../src/app/start-app.js'
import { entryAt } from '../../../src/audit/chain/entry-table.js'
import { TOMBSTONES_FORMAT } from '../../../src/backup/backup-lines.js'
import { writeLines } from '../../../src/backup/checksummed-lines.js'
import { readTombstones } from '../../../src/backup/stored-keys.js'
import { writeFileWhole } from '../../../src/backup/write-file.js'
import { rejectionOf } from '../../contract/event-log-support.js'
import { eventually } from '../../support/eventually.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { ignoreFailures } from '../../support/failure-report.js'
import { startTestApp, type TestApp, type TestUser } from '../../support/test-app.js'
import { createTestDatabase, execute, type TestDatabase } from '../../support/test-database.js'

const SOON = { timeoutMs: 120_000 }
const { signal } = new AbortController()

interface Message {
  seq: number
  content: string | null
  sender: { id: string; name: string | null }
}

onEachLog('restoring a backup', (kind) => {
  let parley: TestApp
  let folder: string
  let identity: string
  let [bob, eve]: TestUser[] = []
  let chatId: string
  let made: MadeBackup
  let messagesThen: Message[]
  let hashThen: string | undefined

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-restore-test-'))
    identity = await generateX25519Identity()
    parley = await startTestApp(logConfig(kind))
    const ada = await parley.withRoles('Ada', 'auditor')
    bob = await parley.register('Bob')
    eve = await parley.register('Eve')
    const body = { participantIds: [bob.id, eve.id], name: 'Garden' }
    chatId = ((await parley.call('POST', '/chats', { token: ada.token, body })).body as { id: string }).id
    for (const { token } of [ada, bob, eve])
      await parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content: 'a secret' } })
    const { core } = parley.app
    expect(await core.chain.runner.progress.reached(await core.log.head(), SOON)).to.equal(true)
    const recipient = await identityToRecipient(identity)
    const print = (): void => undefined
    made = await makeBackup(parley.config, core, { to: folder, recipient, print, onProgress: print, signal })
    messagesThen = await messages(parley.app.url, bob.token)
    hashThen = (await entryAt(core.databases.main, made.events))?.hash
  })

  after(async () => {
    await parley[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function messages(url: string, token: string): Promise<Message[]> {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}/chats/${chatId}/messages`, { headers })
    expect(answer.status).to.equal(200)
    return ((await answer.json()) as Message[]).map(({ seq, content, sender: { id, name } }) => ({
      seq,
      content,
      sender: { id, name },
    }))
  }

  const configOn = ({ url, keysUrl }: TestDatabase): Config => ({
    ...parley.config,
    ...logConfig(kind),
    databaseUrl: url,
    keysDatabaseUrl: keysUrl,
  })

  const request = (given: Partial<RestoreRequest> = {}): RestoreRequest => ({
    file: made.file,
    keysFile: made.keysFile,
    identities: [identity],
    until: null,
    tombstonesFile: null,
    print: () => undefined,
    report: ignoreFailures,
    onProgress: () => undefined,
    signal,
    ...given,
  })

  const start = (config: Config): Promise<App> => createApp(config, { print: () => undefined })

  async function login(url: string, { email }: TestUser): Promise<{ status: number; token: string }> {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ email, password: 'correct horse' })
    const answer = await fetch(`${url}/auth/login`, { method: 'POST', headers, body })
    return { status: answer.status, token: ((await answer.json()) as { accessToken: string }).accessToken }
  }

  async function eraseEve(): Promise<string> {
    const { token } = eve!
    await parley.call('POST', '/users/me/erasure', { token, body: { password: 'correct horse' } })
    await eventually(async () => {
      const { body } = await parley.call('GET', '/users/me/erasure', { token })
      expect(body).to.deep.equal({ status: 'erased' })
    }, SOON)
    const file = join(folder, 'tombstones')
    const { keys, main } = parley.app.core.databases
    const [row] = (await main.query<{ id: string }>('select id from installation')).rows
    await writeFileWhole(
      file,
      writeLines(
        (async function* () {
          yield { format: TOMBSTONES_FORMAT, installation: row!.id, at: new Date().toISOString() }
          for await (const destroyed of readTombstones(keys)) yield { destroyed }
        })(),
      ),
    )
    return file
  }

  /** After its last event, but for records of operators' commands. */
  const typesAfter = async ({ core }: App, ordinal: number): Promise<string[]> => {
    const { rows } = await core.databases.main.query<{ type: string }>(
      `select distinct type from audit_chain where ordinal > $1 and type not like 'PrivilegedAccess%' order by type`,
      [ordinal],
    )
    return rows.map(({ type }) => type)
  }

  it('gives the same chain, messages and read models; users log in again, and who was erased since stays erased', async () => {
    const tombstonesFile = await eraseEve()
    await using database = await createTestDatabase()
    const config = configOn(database)
    const outcome = await restore(config, request({ tombstonesFile }))
    expect(outcome).to.deep.include({ events: made.events, hash: hashThen, erased: 1 })

    await using app = await start(config)
    expect(app.core.log.id).to.equal(outcome?.logId)
    expect(await typesAfter(app, made.events)).to.deep.equal([
      'LogRestored',
      'ParticipantLeft',
      'SessionRevoked',
      'UserErased',
      'UserErasureRequested',
    ])
    const old = await fetch(`${app.url}/chats`, { headers: { authorization: `Bearer ${bob!.token}` } })
    expect(old.status).to.equal(401)
    const { status, token } = await login(app.url, bob!)
    expect(status).to.equal(200)
    expect((await login(app.url, eve!)).status).to.equal(401)
    expect(await messages(app.url, token)).to.deep.equal(
      messagesThen.map((message) =>
        message.sender.id === eve!.id ? { ...message, content: null, sender: { id: eve!.id, name: null } } : message,
      ),
    )
    expect(await app.core.chain.verify('log', { onProgress: () => undefined, signal })).to.deep.include({ ok: true })
    for (const one of app.core.managedProjections) {
      expect(await one.diff(), one.name).to.equal(true)
      const found = await eventually(async () => {
        const comparison = await one.lastComparison()
        expect(comparison, one.name).to.be.an('object')
        return comparison
      }, SOON)
      expect(found?.differences, one.name).to.deep.equal({})
    }
  })

  it('goes on where it was interrupted, up to an earlier event; nothing starts on it before it is finished', async () => {
    await using database = await createTestDatabase()
    const config = configOn(database)
    const until = { ordinal: made.events - 2 }
    const interruption = new AbortController()
    const onProgress = (step: string): void => (step === 'restoring events' ? interruption.abort() : undefined)
    expect(await restore(config, request({ until, onProgress, signal: interruption.signal }))).to.equal(null)
    expect(String(await rejectionOf(start(config)))).to.contain('is not finished')
    const other = await rejectionOf(restore(config, request()))
    expect(String(other)).to.contain('Another restore into these databases is not finished')

    const entry = await entryAt(parley.app.core.databases.main, until.ordinal)
    expect(await restore(config, request({ until }))).to.deep.include({
      events: until.ordinal,
      backedUpEvents: made.events,
      hash: entry?.hash,
      lastAt: entry?.at,
    })
    const again = await rejectionOf(restore(config, request({ until })))
    expect(String(again)).to.contain('a backup was restored into them')
    expect(await execute(database.url, 'select from restores where finished_at is not null')).to.have.length(1)
  })
})
