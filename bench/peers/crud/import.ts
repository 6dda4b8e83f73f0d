import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { openDatabase, type Database } from './database.js'

/** `node import.js FILE`: brings the archive's messages in as rows, a thousand in a statement; writes seconds and lines as JSON. */

const lineSchema = z.strictObject({
  chat: z.string().min(1).max(255),
  user: z.string().min(1).max(255),
  at: z.iso.datetime({ offset: true }),
  type: z.literal('message'),
  content: z.string().trim().min(1).max(10_000),
})

interface Row {
  chatId: string
  userId: string
  at: string
  content: string
}

const BATCH = 1000

async function importFile(database: Database, file: string): Promise<number> {
  const users = new Map<string, string>()
  const chats = new Map<string, string>()
  const members = new Set<string>()
  let rows: Row[] = []
  let lines = 0

  async function userOf(name: string): Promise<string> {
    const known = users.get(name)
    if (known !== undefined) return known
    const id = randomUUID()
    await database.query("insert into users (id, email, password_hash, name) values ($1, $2, '', $3)", [
      id,
      `${id}@import`,
      name,
    ])
    users.set(name, id)
    return id
  }

  async function chatOf(name: string, creator: string): Promise<string> {
    const known = chats.get(name)
    const id = known ?? randomUUID()
    if (known === undefined) {
      await database.query('insert into chats (id, name, created_by) values ($1, $2, $3)', [id, name, creator])
      chats.set(name, id)
    }
    if (!members.has(id + creator)) {
      members.add(id + creator)
      await database.query("insert into memberships (chat_id, user_id, role) values ($1, $2, 'member')", [id, creator])
    }
    return id
  }

  async function flush(): Promise<void> {
    const batch = rows
    rows = []
    await database.query({
      name: 'import',
      text: `insert into messages (chat_id, sender_id, type, content, created_at)
             select chat_id, sender_id, 'text', content, at
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as given(chat_id, sender_id, content, at)`,
      values: [
        batch.map(({ chatId }) => chatId),
        batch.map(({ userId }) => userId),
        batch.map(({ content }) => content),
        batch.map(({ at }) => at),
      ],
    })
  }

  for await (const text of createInterface({ input: createReadStream(file) })) {
    const { user, chat, at, content } = lineSchema.parse(JSON.parse(text))
    const userId = await userOf(user)
    rows.push({ chatId: await chatOf(chat, userId), userId, at, content })
    lines++
    if (rows.length === BATCH) await flush()
  }
  if (rows.length > 0) await flush()
  return lines
}

const database = await openDatabase(process.env['DATABASE_URL'] ?? '')
const began = performance.now()
const lines = await importFile(database, process.argv[2] ?? '')
process.stdout.write(`${JSON.stringify({ lines, seconds: (performance.now() - began) / 1000 })}\n`)
await database.end()
