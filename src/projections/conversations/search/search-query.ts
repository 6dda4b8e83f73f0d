import { searchWords, type Word } from '../../../content/search-words.js'
import { wordKey } from './word-keys.js'

/** One word that is asked for; `near` are others that may have been meant by it, none until `withNear` adds them. */
export interface Wanted {
  word: string
  near: ReadonlySet<string>
}

/** Words that stand side by side; of the last one, `isPrefix` tells that it may go on. What was quoted or excluded is meant as it stands. */
export interface Term {
  words: Wanted[]
  isPrefix: boolean
  isExcluded: boolean
  isExact: boolean
}

const NONE: ReadonlySet<string> = new Set()

/** Of several languages; what stands between two of them is a phrase. */
const QUOTES = /[“”„‟«»「」『』＂]/gu

/** A word after a single `-`, or a phrase, is excluded; a number after it is negative. */
const EXCLUDED = /^-(?=["\p{L}\p{M}\p{Extended_Pictographic}])/u

/**
 * `words "a phrase" -excluded`: all must be met, in any order. The last word may be a beginning, for it may still be being typed. Empty
 * where there is nothing to look for, and not only something to leave out.
 */
export function parseSearch(query: string): Term[] {
  const plain = query.replace(QUOTES, '"')
  const parts = Array.from(plain.matchAll(/(?<=^|\s)-?(?:"([^"]*)"?|\S+)/gu))
  const terms = parts.flatMap(({ 0: part, index }) => {
    const isExcluded = EXCLUDED.test(part)
    const isLast = index + part.length === plain.length
    const isExact = isExcluded || part.includes('"')
    const words = searchWords(isExcluded ? part.slice(1) : part).map(toWanted)
    return words.length === 0 ? [] : [{ words, isPrefix: isLast && !isExact, isExcluded, isExact }]
  })
  return terms.some(({ isExcluded }) => !isExcluded) ? terms : []
}

/** What bears signs is looked for with them. */
const toWanted = ({ folded, signed }: Word): Wanted => ({ word: signed ?? folded, near: NONE })

/** The words that may have been mistyped. */
export const mistypable = (terms: readonly Term[]): string[] =>
  terms.filter(({ isExact }) => !isExact).flatMap(({ words }) => words.map(({ word }) => word))

/** The same search, which takes others for some words; null where there are none. */
export function withNear(terms: readonly Term[], near: ReadonlyMap<string, ReadonlySet<string>>): Term[] | null {
  if (near.size === 0) return null
  return terms.map((term) => {
    if (term.isExact) return term
    return { ...term, words: term.words.map(({ word }) => ({ word, near: near.get(word) ?? NONE })) }
  })
}

/** As a `tsquery` reads it, for the messages of one chat. */
export const toTsquery = (terms: readonly Term[], chatId: string): string =>
  terms.map((term) => toClause(term, chatId)).join(' & ')

function toClause({ words, isPrefix, isExcluded }: Term, chatId: string): string {
  const last = words.length - 1
  const phrase = words.map((wanted, index) => toOperand(wanted, isPrefix && index === last, chatId)).join(' <-> ')
  return `${isExcluded ? '!' : ''}(${phrase})`
}

function toOperand({ word, near }: Wanted, isPrefix: boolean, chatId: string): string {
  const asked = `${wordKey(chatId, word)}${isPrefix ? ':*' : ''}`
  return near.size === 0 ? asked : `(${[asked, ...Array.from(near, (other) => wordKey(chatId, other))].join(' | ')})`
}
