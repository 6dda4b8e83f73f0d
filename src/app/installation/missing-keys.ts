import type { Pool } from 'pg'
import { chatMonthKey, userKey } from '../../privacy/key-names.js'
import type { OpenProjection } from '../../projections/engine/open-projection.js'
import { StartupError } from '../startup-error.js'

/** The newest users, and the chats with the newest messages, are looked at by each start: an older copy of the keys lacks theirs. */
const NEWEST = 10_000
const PAGE = 10_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Refuses keys that are older than the log: what those that are missing have encrypted could not be read, and a rebuild of the
 * read models would blank it; the next message in a chat would make another key for the month. A destroyed key leaves a row, and so is
 * not missing.
 * @throws StartupError
 */
export async function checkKeys(main: Pool, keys: Pool, { table }: Pick<OpenProjection, 'table'>): Promise<void> {
  const lists = { users: userKeys(main, table), months: monthKeys(main, table) }
  const newest = [...(await lists.users.newest()), ...(await lists.months.newest())]
  if ((await countMissing(keys, newest)) === 0) return
  const missing = [
    counted(await countAll(keys, lists.users), 'user'),
    counted(await countAll(keys, lists.months), 'chat month'),
  ].flat()
  throw new StartupError(
    `KEYS_DATABASE_URL: the keys are older than the log: those of ${missing.join(' and ')} are missing. Restore a copy of the keys that is not older than that of the log`,
  )
}

const counted = (count: number, noun: string): string[] =>
  count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`]

/** The names of all keys of one kind that the log has made. */
interface KeyList {
  newest(): Promise<string[]>
  /** Those of the next users or chats by id, with the last id; null where there are no more. */
  pageAfter(id: string): Promise<{ names: string[]; lastId: string } | null>
}

function userKeys(main: Pool, table: OpenProjection['table']): KeyList {
  const read = async (clauses: string, values: unknown[] = []): Promise<string[]> => {
    const { rows } = await main.query<{ id: string }>(`select id from ${table('users')} ${clauses}`, values)
    return rows.map(({ id }) => id)
  }
  return {
    newest: async () => (await read(`order by created_at desc limit ${NEWEST}`)).map(userKey),
    async pageAfter(id) {
      const ids = await read(`where id > $1 order by id limit ${PAGE}`, [id])
      return ids.length === 0 ? null : { names: ids.map(userKey), lastId: ids.at(-1) ?? id }
    },
  }
}

interface MonthRow {
  chatId: string
  month: string
}

/** A chat's keys are made as its months begin, so an older copy of the keys that lacks any lacks that of the chat's last message. */
function monthKeys(main: Pool, table: OpenProjection['table']): KeyList {
  const monthsOf = async (chats: string, messages: string, values: unknown[] = []): Promise<MonthRow[]> => {
    const { rows } = await main.query<MonthRow>(
      `select distinct c.id as "chatId", to_char(m.created_at at time zone 'UTC', 'YYYY-MM') as month
       from (select id, last_seq from ${table('chats')} where last_seq > 0 ${chats}) c
       join ${table('messages')} m on m.chat_id = c.id ${messages}
       order by c.id`,
      values,
    )
    return rows
  }
  const nameOf = ({ chatId, month }: MonthRow): string => chatMonthKey(chatId, month)
  return {
    newest: async () =>
      (await monthsOf(`order by active_at desc limit ${NEWEST}`, 'and m.seq = c.last_seq')).map(nameOf),
    async pageAfter(id) {
      const months = await monthsOf(`and id > $1 order by id limit ${PAGE}`, '', [id])
      return months.length === 0 ? null : { names: months.map(nameOf), lastId: months.at(-1)?.chatId ?? id }
    },
  }
}

async function countAll(keys: Pool, list: KeyList): Promise<number> {
  let missing = 0
  let page = await list.pageAfter(FIRST_ID)
  while (page !== null) {
    missing += await countMissing(keys, page.names)
    page = await list.pageAfter(page.lastId)
  }
  return missing
}

async function countMissing(keys: Pool, names: readonly string[]): Promise<number> {
  const { rows } = await keys.query<{ missing: number }>(
    `select count(*)::integer as missing from unnest($1::text[]) as wanted (name)
     where not exists (select from data_keys where data_keys.name = wanted.name)`,
    [names],
  )
  return rows[0]?.missing ?? 0
}
