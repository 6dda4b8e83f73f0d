import { searchWords, type Word } from '../../../content/search-words.js'

/**
 * How words stand in the index: after a key of their chat, its id's last twelve digits. Two chats may have the same key, so that what is
 * found by it must be compared with the chat's id as well.
 */
export const keyOf = (chatId: string): string => chatId.slice(-12)

export const wordKey = (chatId: string, word: string): string => quoted(keyOf(chatId) + word)

/** No chat's key begins so. */
export const SENDER = '@'

/** By it, the messages of one sender in a chat are found. */
export const senderKey = (chatId: string, senderId: string): string =>
  quoted(SENDER + keyOf(chatId) + senderId.slice(-12))

/** As Postgres reads it: no word holds a quote or a backslash. */
const quoted = (lexeme: string): string => `'${lexeme}'`

export const wordsOf = (content: string | null): Word[] => (content === null ? [] : searchWords(content))

/** The largest position that a `tsvector` tells apart. */
const MAX_POSITION = 16_383

/** As a `tsvector` reads it; words that bear signs stand there with and without them. */
export function toTsvector(words: readonly Word[], chatId: string, senderId: string | null): string {
  const key = keyOf(chatId)
  const lexemes = senderId === null ? [] : [senderKey(chatId, senderId)]
  for (const [index, { folded, signed }] of words.entries()) {
    const position = Math.min(index + 1, MAX_POSITION)
    lexemes.push(`${quoted(key + folded)}:${position}`)
    if (signed !== undefined) lexemes.push(`${quoted(key + signed)}:${position}`)
  }
  return lexemes.join(' ')
}
