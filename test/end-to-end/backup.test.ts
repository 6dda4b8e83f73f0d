import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile, copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect } from 'chai'
import { createApp, type App } from '../../src/app/start-app.js'
import type { Config } from '../../src/app/config.js'
import { entryAt } from '../../src/audit/chain/entry-table.js'
import { rejectionOf } from '../contract/event-log-support.js'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { openSmallDisk } from '../support/small-disk.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { connectionsTo, createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

const SOON = { timeoutMs: 60_000 }
const PASSWORD = 'correct horse'

interface Ran {
  code: number | null
  output: string
}

interface Message {
  seq: number
  content: string | null
  sender: { id: string; name: string | null }
}

onEachLog('backup and restore', (kind) => {
  let parley: TestApp
  let folder: string
  let anchorFile: string
  let identityFile: string
  let recipient: string
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let chatId: string
  /** The backup that the tests restore, and what was so when it was made. */
  let made: { file: string; keysFile: string; events: number; backupId: string }
  let messagesThen: Message[]

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-backup-test-'))
    anchorFile = join(folder, 'anchors')
    identityFile = join(folder, 'identity')
    const identity = await generateX25519Identity()
    recipient = await identityToRecipient(identity)
    await writeFile(identityFile, `# created: today\n${identity}\n`)
    parley = await startTestApp({ ...logConfig(kind), auditCheckpointSeconds: 1 })
    ada = await parley.withRoles('Ada', 'auditor')
    ;[bob, eve] = [await parley.register('Bob'), await parley.register('Eve')]
    const body = { participantIds: [bob.id, eve.id], name: 'Garden' }
    chatId = ((await parley.call('POST', '/chats', { token: ada.token, body })).body as { id: string }).id
    for (const user of [ada, bob, eve]) for (let n = 1; n <= 5; n++) await send(user, `the secret ${n}`)
  })

  after(async () => {
    await parley[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function send({ token }: TestUser, text: string): Promise<void> {
    const { status } = await parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content: text } })
    expect(status).to.equal(201)
  }

  async function messages(url: string, token: string): Promise<Message[]> {
    const answer = await fetch(`${url}/chats/${chatId}/messages?limit=200`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).to.equal(200)
    return ((await answer.json()) as Message[]).map(({ seq, content, sender: { id, name } }) => ({
      seq,
      content,
      sender: { id, name },
    }))
  }

  async function run(args: string[], env: Record<string, string> = {}): Promise<Ran> {
    await using child = startChild('cli.js', args, { ...parley.environment, ...env })
    const code = await child.exited
    return { code, output: child.output }
  }

  const backup = (to: string, ...more: string[]): Promise<Ran> =>
    run(['backup', '--to', to, '--recipient', recipient, ...more])

  const lastLine = ({ output }: Ran): unknown => JSON.parse(output.trim().split('\n').at(-1) ?? '')

  /** Other databases, another log, the same secrets. */
  const configOn = ({ url, keysUrl }: TestDatabase): Config => ({
    ...parley.config,
    ...logConfig(kind),
    databaseUrl: url,
    keysDatabaseUrl: keysUrl,
  })

  const environmentOf = ({
    databaseUrl,
    keysDatabaseUrl,
    eventStoreStreamPrefix: prefix,
  }: Config): Record<string, string> => ({
    DATABASE_URL: databaseUrl ?? '',
    KEYS_DATABASE_URL: keysDatabaseUrl ?? '',
    EVENTSTORE_STREAM_PREFIX: prefix,
  })

  const restoreArgs = (...more: string[]): string[] => [
    'restore',
    made.file,
    '--keys',
    made.keysFile,
    '--identity',
    identityFile,
    ...more,
  ]

  const start = (config: Config): Promise<App> => createApp(config, { print: () => undefined })

  async function login(
    url: string,
    { email }: TestUser,
    password = PASSWORD,
  ): Promise<{ status: number; token: string }> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ email, password }),
    })
    return { status: answer.status, token: ((await answer.json()) as { accessToken: string }).accessToken }
  }

  async function chainHashAt({ databaseUrl }: Config, ordinal: number): Promise<string> {
    const [row] = await execute<{ hash: string }>(
      databaseUrl ?? '',
      `select encode(hash, 'hex') as hash from audit_chain where ordinal = ${ordinal}`,
    )
    return row?.hash ?? ''
  }

  async function verify({ core }: App): Promise<Awaited<ReturnType<App['core']['chain']['verify']>>> {
    const head = await core.log.head()
    expect(await core.chain.runner.progress.reached(head, SOON)).to.equal(true)
    return core.chain.verify('log', { onProgress: () => undefined, signal: new AbortController().signal })
  }

  it('is made beside a running node, in two files that only their owner reads', async () => {
    const ran = await backup(folder, '--json')
    expect(ran.code, ran.output).to.equal(0)
    made = lastLine(ran) as typeof made
    messagesThen = await messages(parley.app.url, bob.token)
    for (const file of [made.file, made.keysFile]) expect((await stat(file)).mode & 0o777).to.equal(0o600)
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).to.deep.equal([])
  })

  it('holds no text, no address and no password hash in clear, and no key', async () => {
    const content = gunzipSync(await readFile(made.file)).toString()
    for (const secret of ['the secret', ada.email, '$argon2id', '"wrapped"'])
      expect(content.includes(secret), secret).to.equal(false)
    expect((await readFile(made.keysFile)).toString('latin1')).to.match(/^age-encryption\.org\/v1/)
  })

  it('is verified without a database and a key', async () => {
    const { code, output } = await run(['backup', 'verify', made.file, '--json'], {
      DATABASE_URL: 'postgres://nowhere.invalid/x',
    })
    expect(code, output).to.equal(0)
    const head = { ordinal: made.events, hash: await chainHashAt(parley.config, made.events) }
    const found = JSON.parse(output) as { signedUpTo: number; head: object }
    expect(found).to.deep.include({ ok: true, backupId: made.backupId, events: made.events })
    expect(found.head).to.deep.include(head)
    expect(found.signedUpTo).to.be.above(0)
  })

  it('is found to be damaged, truncated, or none', async () => {
    const bytes = await readFile(made.file)
    const damaged = join(folder, 'damaged.backup')
    await writeFile(damaged, bytes.with(Math.floor(bytes.length / 2), bytes[Math.floor(bytes.length / 2)]! ^ 1))
    const short = join(folder, 'short.backup')
    await copyFile(made.file, short)
    await truncate(short, bytes.length - 20)
    const refused = [
      [damaged, /damaged|incomplete/],
      [short, /incomplete/],
      [made.keysFile, /no backup of Parley/],
      [join(folder, 'missing'), /cannot be read \(ENOENT\)/],
    ] as const
    for (const [file, reason] of refused) {
      const { code, output } = await run(['backup', 'verify', file])
      expect(output).to.match(reason)
      expect(code).to.equal(1)
    }
  })

  it('replaces no file, and leaves nothing where it is killed', async () => {
    const again = await backup(made.file)
    expect(again.output).to.contain('is there already')
    expect(again.code).to.equal(1)
    const to = join(folder, 'killed.backup')
    await using child = startChild(
      'cli.js',
      ['backup', '--to', to, '--recipient', recipient, '--json'],
      parley.environment,
      {
        isKilled: true,
      },
    )
    await child.says('"done":')
    child.process.kill('SIGKILL')
    await child.exited
    const next = await backup(join(folder, 'next.backup'))
    expect(next.code, next.output).to.equal(0)
  })

  it('says that the disk is full', async function () {
    await using disk = await openSmallDisk(1)
    if (disk === null) return
    disk.fill()
    const { code, output } = await backup(join(disk.folder, 'full.backup'))
    expect(output).to.match(/The disk of .* is full/)
    expect(code).to.equal(1)
    await disk.free()
    expect(await readdir(disk.folder)).to.deep.equal([])
  })

  it('is restored after crashes: same chain, same messages; logins work, sessions have ended, erased users stay erased', async () => {
    const erasure = await parley.call('POST', '/users/me/erasure', { token: eve.token, body: { password: PASSWORD } })
    expect(erasure.status).to.equal(202)
    await eventually(
      async () =>
        expect((await parley.call('GET', '/users/me/erasure', { token: eve.token })).body).to.deep.equal({
          status: 'erased',
        }),
      SOON,
    )
    await send(bob, 'after the backup')
    const tombstones = join(folder, 'tombstones')
    const listed = await run(['keys', 'tombstones'])
    await writeFile(tombstones, listed.output)

    await using database = await createTestDatabase()
    const config = configOn(database)
    const args = restoreArgs('--tombstones', tombstones, '--json')
    for (const step of ['"done":', '"done":']) {
      await using child = startChild(
        'cli.js',
        args,
        { ...parley.environment, ...environmentOf(config) },
        { isKilled: true },
      )
      await child.says(step)
      await eventually(async () => expect(await execute(database.url, 'select from restores')).to.have.length(1), SOON)
      child.process.kill('SIGKILL')
      await child.exited
      await eventually(async () => expect(await connectionsTo(database.url)).to.equal(0), SOON)
    }
    const refused = await rejectionOf(start(config))
    expect(String(refused), String(refused)).to.contain('is not finished: run the same "parley restore" again')

    const ran = await run(args, environmentOf(config))
    expect(ran.code, ran.output).to.equal(0)
    const outcome = lastLine(ran) as { events: number; hash: string; erased: number; logId: string }
    expect(outcome).to.deep.include({ events: made.events, erased: 1 })
    expect(outcome.hash).to.equal(await chainHashAt(parley.config, made.events))
    expect(await chainHashAt(config, made.events)).to.equal(outcome.hash)

    const later = await execute<{ type: string }>(
      database.url,
      `select distinct type from audit_chain where ordinal > ${made.events} and type not like 'PrivilegedAccess%' order by type`,
    )
    expect(later.map(({ type }) => type)).to.deep.equal([
      'LogRestored',
      'ParticipantLeft',
      'SessionRevoked',
      'UserErased',
      'UserErasureRequested',
    ])
    await using app = await start(config)
    expect(app.core.log.id).to.equal(outcome.logId)
    const old = await fetch(`${app.url}/chats`, { headers: { authorization: `Bearer ${bob.token}` } })
    expect(old.status).to.equal(401)
    const { status, token } = await login(app.url, bob)
    expect(status).to.equal(200)
    expect((await login(app.url, eve)).status).to.equal(401)
    expect(await messages(app.url, token)).to.deep.equal(
      messagesThen.map((message) =>
        message.sender.id === eve.id ? { ...message, content: null, sender: { id: eve.id, name: null } } : message,
      ),
    )
    expect(await verify(app)).to.deep.include({ ok: true, firstDivergence: null })
    for (const one of app.core.managedProjections) {
      expect(await one.diff(), one.name).to.equal(true)
      const found = await eventually(async () => {
        const comparison = await one.lastComparison()
        expect(comparison, one.name).to.be.an('object')
        return comparison
      }, SOON)
      expect(found?.differences, one.name).to.deep.equal({})
    }
    const again = await run(args, environmentOf(config))
    expect(again.output).to.contain('are connected to the database: stop them first')
  })

  it('is restored to a point in time; a checkpoint beyond is reported as restored', async () => {
    const { core } = parley.app
    expect(await core.chain.runner.progress.reached(await core.log.head(), SOON)).to.equal(true)
    const checkpoint = await core.chain.sign()
    await writeFile(anchorFile, `${JSON.stringify(checkpoint)}\n`)
    const until = made.events - 4
    const entry = await entryAt(core.databases.main, until)
    const last = await entryAt(core.databases.main, until + 1)
    await using database = await createTestDatabase()
    const config = configOn(database)
    const args = restoreArgs('--no-later-erasures', '--until', String(until), '--json')
    const ran = await run(args, environmentOf(config))
    expect(ran.code, ran.output).to.equal(0)
    expect(lastLine(ran)).to.deep.include({ events: until, backedUpEvents: made.events, hash: entry?.hash, erased: 0 })
    expect(last?.at).to.be.a('string')

    const checked = await run(['audit', 'verify', '--anchor', anchorFile, '--json'], environmentOf(config))
    expect(checked.code, checked.output).to.equal(0)
    const found = lastLine(checked) as { ok: boolean; restored: object[] }
    expect(found.ok).to.equal(true)
    expect(found.restored).to.have.length(1)
    expect(found.restored[0]).to.deep.include({ ordinal: until, checkpoints: 1 })
    const again = await run(args, environmentOf(config))
    expect(again.output).to.contain('a backup was restored into them')
    expect(again.code).to.equal(1)
  })

  it('is refused with the wrong identity, passphrase or files, and into what is not empty', async () => {
    const other = join(folder, 'other-identity')
    await writeFile(other, `${await generateX25519Identity()}\n`)
    const encrypter = new Encrypter()
    encrypter.setPassphrase('open sesame')
    encrypter.setScryptWorkFactor(10)
    const locked = join(folder, 'locked-identity')
    await writeFile(locked, await encrypter.encrypt(await readFile(identityFile, 'utf8')))
    const wrong = join(folder, 'passphrase')
    await writeFile(wrong, 'open barley\n')
    const next = join(folder, 'next.keys.age')
    await using database = await createTestDatabase()
    const env = environmentOf(configOn(database))
    const last = '--no-later-erasures'
    const refused = [
      [['restore', made.file, '--keys', made.keysFile, '--identity', other, last], /not encrypted to this identity/, 1],
      [['restore', made.file, '--keys', made.keysFile, '--identity', locked, last], /protected by a passphrase/, 1],
      [
        ['restore', made.file, '--keys', made.keysFile, '--identity', locked, '--passphrase-file', wrong, last],
        /the passphrase is wrong/,
        1,
      ],
      [['restore', made.file, '--keys', next, '--identity', identityFile, last], /keys of another backup/, 1],
      [['restore', made.file, '--keys', made.file, '--identity', identityFile, last], /no file of keys/, 1],
      [restoreArgs(), /Give either --tombstones FILE/, 2],
      [restoreArgs(last, '--until', 'yesterday'), /--until must be/, 2],
      [restoreArgs(last, '--until', '1000000'), /has only \d+ events/, 1],
      [restoreArgs(last, '--until', '2001-01-01'), /the first event of .* is later/, 1],
    ] as const
    for (const [args, reason, exit] of refused) {
      const { code, output } = await run([...args], env)
      expect(output).to.match(reason)
      expect(code, output).to.equal(exit)
    }
    expect(await execute(database.url, 'select from restores')).to.deep.equal([])
    {
      await using app = await start(configOn(database))
      expect(app.url).to.be.a('string')
    }
    const used = await run(restoreArgs(last), env)
    expect(used.output).to.match(/is not empty|another installation/)
    expect(used.code).to.equal(1)
  })
})
