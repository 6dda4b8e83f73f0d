import { nameQuery, nameStarts } from '../../content/name-starts.js'
import type { ApplyContext } from './part.js'
import type { Cursor } from './query-results.js'

/**
 * An index of names: a row for each place at which a name can be found (`nameStarts`), the whole name under `word_index` 0, also where it
 * holds no word. In the order of code points, whatever the database's collation.
 */
export const nameIndexSchema = (index: string): string => `
  create table ${index} (
    owner_id uuid not null,
    word_index integer not null,
    start text collate "C" not null,
    primary key (owner_id, word_index)
  );
  create index on ${index} (start, owner_id);
  create index on ${index} (start, owner_id) where word_index = 0;`

/** Replaces what the owner was found by. */
export async function indexName(
  index: string,
  ownerId: string,
  name: string | null,
  { tx }: Pick<ApplyContext, 'tx'>,
): Promise<void> {
  await removeName(index, ownerId, { tx })
  await indexNewNames(index, [{ ownerId, name }], { tx })
}

/** Of owners that are not in the index yet. */
export async function indexNewNames(
  index: string,
  owners: readonly { ownerId: string; name: string | null }[],
  { tx }: Pick<ApplyContext, 'tx'>,
): Promise<void> {
  if (owners.length === 0) return
  await tx.query({
    name: `insert ${index}`,
    text: `insert into ${index} (owner_id, word_index, start)
           select * from json_to_recordset($1) as row(owner_id uuid, word_index integer, start text)`,
    values: [JSON.stringify(owners.flatMap(rowsOf))],
  })
}

function rowsOf({ ownerId, name }: { ownerId: string; name: string | null }): object[] {
  const [first = '', ...later] = nameStarts(name ?? '')
  return [...new Set([first, ...later])].map((start, word_index) => ({ owner_id: ownerId, word_index, start }))
}

export async function removeName(index: string, ownerId: string, { tx }: Pick<ApplyContext, 'tx'>): Promise<void> {
  const text = `delete from ${index} where owner_id = $1`
  await tx.query({ name: `delete ${index}`, text, values: [ownerId] })
}

/** Above every text that begins with another one, and below all that come after those. */
const PAST = '\u{10ffff}'

/** Below the id of every owner. */
export const NO_ID = '00000000-0000-0000-0000-000000000000'

/** A page of an index of names: those found by the query, or all where it is null. */
export interface NamePage {
  query: string | null
  limit: number
  after: Cursor | null
}

/** Between which starts lies whatever is found by the query: the first included, the second not. Null where it holds no word. */
export function startsOf(query: string): [from: string, to: string] | null {
  const from = nameQuery(query)
  return from === '' ? null : [from, from + PAST]
}

interface NameLookup {
  /** A statement part that gives `owner_id` and `start`, in their order, each owner once; with `limit` and one more. */
  text: string
  /** Of its parameters $1 to $5. */
  values: unknown[]
}

/**
 * Looks names up; `condition` is about the row `s`, and may use parameters from $6 on. Null where the query holds no word: nothing is
 * found by it. `offset 0` keeps Postgres from turning what is looked up for each row into a join with all there is; and of two bounds of
 * pairs it does not believe that little lies between them, which it would rather sort than read in the index's order, up to the limit.
 */
export function lookUpNames(index: string, { query, limit, after }: NamePage, condition = 'true'): NameLookup | null {
  const from = query === null ? '' : nameQuery(query)
  if (query !== null && from === '') return null
  const cursor = after === null ? null : parseNameCursor(after)
  // a cursor of another search is none of this one
  const [start, id] = cursor?.[0].startsWith(from) === true ? cursor : [from, NO_ID]
  const once =
    query === null
      ? `s.word_index = 0 and $5::text = ''`
      : `not exists (select from ${index} e where e.owner_id = s.owner_id and e.word_index < s.word_index
           and e.start >= $5 and e.start < $3 offset 0)`
  return {
    text: `select s.start, s.owner_id from ${index} s
           where (s.start, s.owner_id) > ($1, $2::uuid) and (s.start, s.owner_id) < ($3, '${NO_ID}'::uuid) and ${once} and ${condition}
           order by s.start, s.owner_id limit $4`,
    values: [start, id, from + PAST, limit + 1, from],
  }
}

export const nameCursor = ({ start, id }: { start: string; id: string }): Cursor =>
  Buffer.from(JSON.stringify([start, id])).toString('base64url')

/** Null for what is none. */
function parseNameCursor(cursor: Cursor): [start: string, id: string] | null {
  try {
    const [start, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const isText = typeof start === 'string' && !start.includes('\0') && start.isWellFormed()
    return isText && typeof id === 'string' && isId(id) ? [start, id] : null
  } catch {
    return null
  }
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const isId = (text: string | null): text is string => text !== null && ID.test(text)

export const isNameCursor = (cursor: string): boolean => parseNameCursor(cursor) !== null
