import { graphemeStart } from '../../../content/cut-text.js'
import { searchWords, type Word } from '../../../content/search-words.js'
import type { Highlight } from '../views.js'
import type { Term, Wanted } from './search-query.js'

/** In UTF-16 code units. */
const MAX_EXCERPT = 240
const BEFORE_FIRST_HIT = 60

/** The part of a text around the first word that was asked for, and where in it such words stand. */
export function highlight(content: string, terms: readonly Term[]): Highlight {
  const words = searchWords(content)
  const hits = terms.filter(({ isExcluded }) => !isExcluded).flatMap((term) => hitsOf(term, words))
  const ranges = hits.sort(([a], [b]) => a - b).filter(([from], index) => from >= (hits[index - 1]?.[1] ?? 0))
  const start = graphemeStart(content, Math.max(0, (ranges[0]?.[0] ?? 0) - BEFORE_FIRST_HIT))
  const end = graphemeStart(content, Math.min(content.length, start + MAX_EXCERPT))
  return {
    text: content.slice(start, end),
    ranges: ranges.filter(([, to]) => to <= end).map(([from, to]) => [from - start, to - start]),
  }
}

const hitsOf = ({ words: wanted, isPrefix }: Term, words: readonly Word[]): [number, number][] =>
  words.flatMap(({ from }, at) => {
    const met = wanted.every((one, index) => isMet(one, isPrefix && index === wanted.length - 1, words[at + index]))
    const last = words[at + wanted.length - 1]
    return met && last !== undefined ? [[from, last.to] satisfies [number, number]] : []
  })

function isMet({ word, near }: Wanted, isPrefix: boolean, found: Word | undefined): boolean {
  if (found === undefined) return false
  const spellings = found.signed === undefined ? [found.folded] : [found.folded, found.signed]
  return spellings.some((said) => said === word || (isPrefix && said.startsWith(word)) || near.has(said))
}
