import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { EventReader } from '../../src/privacy/event-reader.js'
import { createConversations } from '../../src/projections/conversations/conversations.js'
import { tableName } from '../../src/projections/engine/projection.js'
import { readToEnd } from '../contract/event-log-support.js'
import { startChild } from '../support/child.js'
import { logEnvironment, onEachLog, openLogOf } from '../support/event-logs.js'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

/** `PARLEY_IMPORT_MESSAGES=100000` for the whole of it. */
const MESSAGES = Number(process.env['PARLEY_IMPORT_MESSAGES'] ?? 4_000)
const MESSAGES_TABLE = tableName(createConversations({} as EventReader), 1)('messages')
const CHATS = 5
const USERS = 50

onEachLog('kill -9 of an import, and of the server beside it', (kind) => {
  let database: TestDatabase
  let folder: string
  let file: string

  before(async () => {
    database = await createTestDatabase()
    folder = await mkdtemp(join(tmpdir(), 'parley-import-'))
    file = join(folder, 'archive.ndjson')
    const line = (index: number): string =>
      JSON.stringify({
        chat: `chat ${index % CHATS}`,
        user: `user ${index % USERS}`,
        at: new Date(1_600_000_000_000 + index * 1000).toISOString(),
        type: 'message',
        content: `message ${index}`,
      })
    await writeFile(file, Array.from({ length: MESSAGES }, (_, index) => `${line(index)}\n`).join(''))
  })

  after(async () => {
    await rm(folder, { recursive: true })
    await database[Symbol.asyncDispose]()
  })

  it('leaves every message once in the log and in the read model', async function () {
    this.timeout(900_000)
    const logEnv = logEnvironment(kind)
    const env = {
      ...logEnv,
      PORT: '0',
      DATABASE_URL: database.url,
      KEYS_DATABASE_URL: database.keysUrl,
      MASTER_KEY: randomBytes(32).toString('base64'),
      TOKEN_KEYS: `a:${randomBytes(32).toString('base64')}`,
      AUDIT_SIGNING_KEYS: `a:${randomBytes(32).toString('base64')}`,
    }
    const count = async (): Promise<number> =>
      (await execute<{ count: number }>(database.url, `select count(*)::int as count from ${MESSAGES_TABLE}`))[0]!.count
    {
      await using server = startChild('main.js', [], env, { isKilled: true })
      await server.says('listens on')
      await using killed = startChild('cli.js', ['import', file, '--json'], env, { isKilled: true })
      await eventually(async () => expect(await count()).to.be.greaterThan(MESSAGES / 3), { timeoutMs: 600_000 })
      killed.process.kill('SIGKILL')
      server.process.kill('SIGKILL')
      await Promise.all([killed.exited, server.exited])
    }
    expect(await count()).to.be.lessThan(MESSAGES)

    await using server = startChild('main.js', [], env)
    await server.says('listens on')
    await using again = startChild('cli.js', ['import', file, '--json'], env)
    expect(await again.exited, again.output).to.equal(0)
    const summary = JSON.parse(again.output.split('\n').find((line) => line.startsWith('{'))!) as Record<string, number>
    expect(summary).to.include({ lines: MESSAGES, refused: 0 })
    expect(summary['messages']! + summary['unchanged']!).to.equal(MESSAGES)

    await everyMessageOnce(logEnv)
    server.process.kill('SIGINT')
    expect(await server.exited, server.output).to.equal(0)
  })

  async function everyMessageOnce(logEnv: Record<string, string>): Promise<void> {
    await using log = await openLogOf(logEnv, database.url)
    const sent = (await readToEnd(log, log.start)).filter(({ type }) => type === 'MessageSent')
    const commands = new Set(sent.map(({ metadata }) => (JSON.parse(metadata) as { commandId: string }).commandId))
    expect([sent.length, commands.size]).to.deep.equal([MESSAGES, MESSAGES])
    await eventually(
      async () => {
        const inReadModel = await execute(
          database.url,
          `select count(*)::int as messages, count(distinct content)::int as contents,
           sum(case when seq = place then 0 else 1 end)::int as gaps
         from (select content, seq, row_number() over (partition by chat_id order by seq) as place
               from ${MESSAGES_TABLE}) m`,
        )
        expect(inReadModel).to.deep.equal([{ messages: MESSAGES, contents: MESSAGES, gaps: 0 }])
      },
      { timeoutMs: 60_000 },
    )
  }
})
