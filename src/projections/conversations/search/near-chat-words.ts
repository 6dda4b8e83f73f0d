import type { ClientBase } from 'pg'
import { nearWords } from '../../../content/near-words.js'
import type { TableName } from '../../engine/projection.js'

/** Of one search: words one slip away, and look-ups of one of them in one chat. */
const MAX_NEAR_WORDS = 2_000
const MAX_LOOKUPS = 200_000

/** For each chat, the words in it that are one slip away from some of the words asked for, by that one. */
export type NearByChat = Map<string, Map<string, Set<string>>>

/** Looks in these chats alone: in all of them, unless they are so many that the look-ups are too. */
export async function nearChatWords(
  tx: ClientBase,
  table: TableName,
  chats: readonly string[],
  words: readonly string[],
): Promise<NearByChat> {
  const asked = withinBounds(words)
  const near = Array.from(new Set(asked.flatMap((one) => [...one.near])))
  if (near.length === 0) return new Map()
  const { rows } = await tx.query<{ chat_id: string; word: string }>({
    name: `near ${table('chat_words')}`,
    text: `select chat_id, word from ${table('chat_words')} where chat_id = any($1::uuid[]) and word = any($2::text[])`,
    values: [chats.slice(0, Math.max(1, Math.floor(MAX_LOOKUPS / near.length))), near],
  })
  const byChat: NearByChat = new Map()
  for (const { chat_id, word } of rows)
    for (const one of asked.filter((candidate) => candidate.near.has(word))) addTo(byChat, chat_id, one.word, word)
  return byChat
}

function addTo(byChat: NearByChat, chatId: string, word: string, near: string): void {
  const ofChat = byChat.get(chatId) ?? new Map<string, Set<string>>()
  byChat.set(chatId, ofChat.set(word, (ofChat.get(word) ?? new Set()).add(near)))
}

/** In the order of the search, as far as the bound goes. */
function withinBounds(words: readonly string[]): { word: string; near: Set<string> }[] {
  let left = MAX_NEAR_WORDS
  return Array.from(new Set(words), (word) => ({ word, near: new Set(nearWords(word)) })).filter(({ near }) => {
    left -= near.size
    return near.size > 0 && left >= 0
  })
}
