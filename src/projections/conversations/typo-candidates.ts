import type { ClientBase } from 'pg'
import { nearWords } from '../../content/near-words.js'
import type { TableName } from '../engine/projection.js'

/** Of a search, and of one word of it: words that are looked up, and words that are taken. */
const MAX_ASKED = 2_000
const MAX_SAID = 64

/**
 * Which words, near to these, some message says; words without any are left out. Whose message that is does not matter here: a search
 * that takes them finds no more than it may. So nothing is kept for it with a message, and nothing is left of one that was deleted.
 */
export async function typoCandidates(
  tx: ClientBase,
  table: TableName,
  words: readonly string[],
): Promise<Map<string, Set<string>>> {
  const asked = wordsToAsk(words)
  if (asked.length === 0) return new Map()
  const { rows } = await tx.query<{ near: string }>(
    `select near from unnest($1::text[]) near
     where exists (select from ${table('search_texts')} s where s.words @@ quote_literal(near)::tsquery)`,
    [Array.from(new Set(asked.flatMap(({ near }) => near)))],
  )
  const said = new Set(rows.map(({ near }) => near))
  const found = asked.map(({ word, near }) => [word, near.filter((other) => said.has(other))] as const)
  return new Map(
    found.filter(([, near]) => near.length > 0).map(([word, near]) => [word, new Set(near.slice(0, MAX_SAID))]),
  )
}

/** In the order of the search, as far as they go. */
function wordsToAsk(words: readonly string[]): { word: string; near: string[] }[] {
  let left = MAX_ASKED
  return Array.from(new Set(words), (word) => ({ word, near: nearWords(word) })).filter(({ near }) => {
    left -= near.length
    return near.length > 0 && left >= 0
  })
}
