import { searchWords, type Word } from '../../content/search-words.js'
import type { Highlight } from './views.js'

/** Words that stand side by side; of the last one, `isPrefix` says that it may go on. */
export interface Term {
  words: string[]
  isPrefix: boolean
  isExcluded: boolean
}

/** `words "a phrase" -excluded`: all must be met, in any order. The last word may be a beginning, for it may still be being typed. */
export function parseSearch(query: string): Term[] {
  const parts = Array.from(query.matchAll(/(?<=^|\s)-?(?:"([^"]*)"?|\S+)/gu))
  return parts.flatMap(({ 0: part, index }) => {
    const isLast = index + part.length === query.length
    const words = searchWords(part).map(({ folded }) => folded)
    const isExcluded = part.startsWith('-')
    const isPrefix = isLast && !isExcluded && !part.includes('"')
    return words.length === 0 ? [] : [{ words, isPrefix, isExcluded }]
  })
}

/** Whether it says what to look for, and not only what to leave out. */
export const isSearch = (query: string): boolean => parseSearch(query).some(({ isExcluded }) => !isExcluded)

/** As a `tsquery` reads it. Folded words are letters and digits, so that none needs escaping. */
export const toTsquery = (terms: readonly Term[]): string => terms.map(toClause).join(' & ')

function toClause({ words, isPrefix, isExcluded }: Term): string {
  const last = words.length - 1
  const phrase = words.map((word, place) => `'${word}'${isPrefix && place === last ? ':*' : ''}`).join(' <-> ')
  return `${isExcluded ? '!' : ''}(${phrase})`
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
  const start = edge(content, Math.max(0, (ranges[0]?.[0] ?? 0) - BEFORE))
  const end = edge(content, Math.min(content.length, start + EXCERPT))
  return {
    text: content.slice(start, end),
    ranges: ranges.filter(([, to]) => to <= end).map(([from, to]) => [from - start, to - start]),
  }
}

const hitsOf = ({ words: wanted, isPrefix }: Term, words: readonly Word[]): [number, number][] =>
  words.flatMap(({ from }, at) => {
    const met = wanted.every((word, place) => {
      const folded = words[at + place]?.folded
      return isPrefix && place === wanted.length - 1 ? folded?.startsWith(word) : folded === word
    })
    const last = words[at + wanted.length - 1]
    return met && last !== undefined ? [[from, last.to] satisfies [number, number]] : []
  })

/** Not between the halves of one character. */
const edge = (text: string, at: number): number => (/[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at)
