import { graphemeStart } from '../../content/cut-text.js'
import { searchWords, type Word } from '../../content/search-words.js'
import type { Highlight } from './views.js'

/** One word that is asked for; `near` are others that may have been meant by it, none until `withNear` says so. */
export interface Wanted {
  word: string
  near: ReadonlySet<string>
}

/** Words that stand side by side; of the last one, `isPrefix` says that it may go on. What was quoted or excluded is meant as it stands. */
export interface Term {
  words: Wanted[]
  isPrefix: boolean
  isExcluded: boolean
  isExact: boolean
}

/** `words "a phrase" -excluded`: all must be met, in any order. The last word may be a beginning, for it may still be being typed. */
export function parseSearch(query: string): Term[] {
  const parts = Array.from(query.matchAll(/(?<=^|\s)-?(?:"([^"]*)"?|\S+)/gu))
  return parts.flatMap(({ 0: part, index }) => {
    const isLast = index + part.length === query.length
    const words = searchWords(part).map(({ folded }) => ({ word: folded, near: NONE }))
    const isExcluded = part.startsWith('-')
    const isExact = isExcluded || part.includes('"')
    return words.length === 0 ? [] : [{ words, isPrefix: isLast && !isExact, isExcluded, isExact }]
  })
}

const NONE: ReadonlySet<string> = new Set()

/** Whether it says what to look for, and not only what to leave out. */
export const isSearch = (query: string): boolean => parseSearch(query).some(({ isExcluded }) => !isExcluded)

/** The words that may have been typed wrong. */
export const doubtful = (terms: readonly Term[]): string[] =>
  terms.filter(({ isExact }) => !isExact).flatMap(({ words }) => words.map(({ word }) => word))

/** The same search, which takes others for some words; null where there are none. */
export function withNear(terms: readonly Term[], near: ReadonlyMap<string, ReadonlySet<string>>): Term[] | null {
  if (near.size === 0) return null
  return terms.map((term) => {
    if (term.isExact) return term
    return { ...term, words: term.words.map(({ word }) => ({ word, near: near.get(word) ?? NONE })) }
  })
}

/** As a `tsquery` reads it. PublicEvent words are letters and digits, so that none needs escaping. */
export const toTsquery = (terms: readonly Term[]): string => terms.map(toClause).join(' & ')

function toClause({ words, isPrefix, isExcluded }: Term): string {
  const last = words.length - 1
  const phrase = words.map((wanted, place) => toOperand(wanted, isPrefix && place === last)).join(' <-> ')
  return `${isExcluded ? '!' : ''}(${phrase})`
}

function toOperand({ word, near }: Wanted, isPrefix: boolean): string {
  const asked = `'${word}'${isPrefix ? ':*' : ''}`
  return near.size === 0 ? asked : `(${[asked, ...Array.from(near, (other) => `'${other}'`)].join(' | ')})`
}

/** As a `tsvector` reads it. Its positions end at 16,383. */
export const toTsvector = (content: string): string =>
  searchWords(content)
    .map(({ folded }, place) => `'${folded}':${Math.min(place + 1, 16_383)}`)
    .join(' ')

/** In UTF-16 code units. */
const EXCERPT = 240
const BEFORE = 60

export function highlight(content: string, terms: readonly Term[]): Highlight {
  const words = searchWords(content)
  const hits = terms.filter(({ isExcluded }) => !isExcluded).flatMap((term) => hitsOf(term, words))
  const ranges = hits.sort(([a], [b]) => a - b).filter(([from], place) => from >= (hits[place - 1]?.[1] ?? 0))
  const start = graphemeStart(content, Math.max(0, (ranges[0]?.[0] ?? 0) - BEFORE))
  const end = graphemeStart(content, Math.min(content.length, start + EXCERPT))
  return {
    text: content.slice(start, end),
    ranges: ranges.filter(([, to]) => to <= end).map(([from, to]) => [from - start, to - start]),
  }
}

const hitsOf = ({ words: wanted, isPrefix }: Term, words: readonly Word[]): [number, number][] =>
  words.flatMap(({ from }, at) => {
    const met = wanted.every((one, place) =>
      isMet(one, isPrefix && place === wanted.length - 1, words[at + place]?.folded),
    )
    const last = words[at + wanted.length - 1]
    return met && last !== undefined ? [[from, last.to] satisfies [number, number]] : []
  })

function isMet({ word, near }: Wanted, isPrefix: boolean, said: string | undefined): boolean {
  if (said === undefined) return false
  return said === word || (isPrefix && said.startsWith(word)) || near.has(said)
}
