import type { Span } from './word-span.js'

/** Characters that are invisible within words. */
const UNSEEN = '\\p{Default_Ignorable_Code_Point}\\p{Cf}\\p{M}\\u2800'
/** A surrogate may be half of such a character. */
const MAY_BE_UNSEEN = new RegExp(`[${UNSEEN}\\ud800-\\udfff]`, 'u')
const UNSEEN_BEFORE = new RegExp(`[${UNSEEN}]+$`, 'u')
const UNSEEN_AFTER = new RegExp(`^[${UNSEEN}]+`, 'u')
const WORD_BEFORE = /[\p{L}\p{N}]$/u
const WORD_AFTER = /^[\p{L}\p{N}]/u
/** Blank letters that Unicode counts as letters of a word. */
const FILLERS = /[\u115f\u1160\u3164\uffa0\u2800]/g
/** Underscores that join nothing, as around emphasised words. */
const LOOSE_UNDERSCORES = /(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu
const POSSESSIVE = /^['’]s(?![\p{L}\p{N}])/iu

/** How many units around an index are examined. */
const AROUND = 20

const words = new Intl.Segmenter(undefined, { granularity: 'word' })

export interface WordBoundaries {
  isWordStart(index: number): boolean
  isWordEnd(index: number): boolean
  /** The words that a span lies in, from the beginning of the first to the end of the last. */
  wordsAround(span: Span): Span
}

/**
 * The boundaries of a text's words by Unicode's rules (UAX #29), so that `he'll` and `snake_case` are one word each; with two additions:
 * invisible characters are no boundary, and a possessive `'s` does not belong to the word before it.
 */
export function wordBoundaries(text: string): WordBoundaries {
  const plain = text
    .replace(FILLERS, '\u200b')
    .replace(LOOSE_UNDERSCORES, (underscores) => ' '.repeat(underscores.length))
  const segments = words.segment(plain)
  const starts = new Set(Array.from(segments, ({ index }) => index))
  const isBoundary = (index: number): boolean => index === plain.length || starts.has(index)

  return {
    isWordStart(index) {
      if (!MAY_BE_UNSEEN.test(text.charAt(index - 1))) return isBoundary(index)
      const before = text.slice(Math.max(0, index - AROUND), index)
      const seen = before.replace(UNSEEN_BEFORE, '')
      if (seen.length < before.length && WORD_BEFORE.test(seen)) return false
      return isBoundary(index) || seen.length < before.length
    },
    isWordEnd(index) {
      if (isBoundary(index) && !MAY_BE_UNSEEN.test(text.charAt(index))) return true
      const after = text.slice(index, index + AROUND)
      const seen = after.replace(UNSEEN_AFTER, '')
      if (seen.length < after.length && WORD_AFTER.test(seen)) return false
      return isBoundary(index) || seen.length < after.length || POSSESSIVE.test(after)
    },
    wordsAround({ from, to }) {
      const last = segments.containing(to - 1)
      return {
        from: segments.containing(from)?.index ?? from,
        to: last === undefined ? to : last.index + last.segment.length,
      }
    },
  }
}
