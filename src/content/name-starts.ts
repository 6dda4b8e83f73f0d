import { searchWords } from './search-words.js'

/** In characters: of longer names and queries only the beginning counts. */
const MAX_START = 80

/**
 * Where a name can be found: the whole name, and what is left of it from each later word on, without case and accents. So a search by
 * the beginning of any word, or of several that follow each other, is one range of a sorted index.
 */
export function nameStarts(name: string): string[] {
  const words = foldedWords(name)
  return words.map((_, index) => startOf(words.slice(index)))
}

/** What the starts of names found by this query begin with; empty where it holds no word. */
export const nameQuery = (query: string): string => startOf(foldedWords(query))

const foldedWords = (text: string): string[] => searchWords(text).map(({ folded }) => folded)

const startOf = (words: readonly string[]): string =>
  Array.from(words.slice(0, MAX_START).join(' ')).slice(0, MAX_START).join('')
