import { DataSet, RegExpMatcher, parseRawPattern } from 'obscenity'
import { maskFound } from './mask-found.js'
import { wordBoundaries, type WordBoundaries } from './word-boundaries.js'
import { doubledLetters, foldContiguous, foldSpacedOut, foldWord, patternOf } from './word-folding.js'
import { hasLetter, isSpacedOut, toWordEnd, withRepetitions, type Span } from './word-span.js'

/** The words that an installation blocks. */
export interface BlockedWords {
  /** Where they stand. */
  spansIn(text: string): Span[]
  areIn(text: string): boolean
  /** Each of their characters as `•`. */
  mask(text: string): string
}

interface Entry {
  /** Folded. */
  word: string
  /** Whether it ends in `*`: words that begin with it are blocked too. */
  isPrefix: boolean
}

interface Match extends Span {
  isPrefix: boolean
}

/** Whether an entry has two letters: with fewer, everything would be blocked. */
export const isBlockable = (entry: string): boolean => foldWord(entry).replace(' ', '').length >= 2

/**
 * Finds words through the usual disguises: case, look-alikes, digits and signs for letters, invisible characters, repeated letters,
 * letters spaced out. Only whole words are found; an entry that ends in `*` is also found where a word begins with it, and takes that
 * word to its end. A word of `allowed` is never blocked as it is written there, in any case.
 */
export function createBlockedWords(list: readonly string[], allowed: readonly string[] = []): BlockedWords {
  const entries = list
    .filter(isBlockable)
    .map((text) => ({ word: foldWord(text), isPrefix: text.trim().endsWith('*') }))
  const doubled = doubledLetters(entries.map(({ word }) => word))
  const findContiguous = createFinder(entries, doubled, foldContiguous(doubled))
  const findSpacedOut = createFinder(entries, doubled, foldSpacedOut(doubled))
  const allowedWords = new Set(allowed.map(caseless))

  function spansIn(text: string): Span[] {
    const [contiguous, spacedOut] = [findContiguous(text), findSpacedOut(text)]
    if (contiguous.length + spacedOut.length === 0) return []
    const boundaries = wordBoundaries(text)
    const isFound = (match: Match): boolean => isWholeWord(match, boundaries) && !isAllowed(text, match, boundaries)
    const found = contiguous.filter(isFound)
    let end = 0
    for (const match of spacedOut) {
      if (!isFound(match) || !isSpacedOut(text, match, match.isPrefix, end)) continue
      found.push(match)
      end = match.to
    }
    return found.map((match) => (match.isPrefix ? toWordEnd(text, match) : match))
  }

  function isAllowed(text: string, match: Match, boundaries: WordBoundaries): boolean {
    if (allowedWords.size === 0) return false
    const { from, to } = boundaries.wordsAround(match)
    return allowedWords.has(caseless(text.slice(from, to)))
  }

  return { spansIn, areIn: (text) => spansIn(text).length > 0, mask: (text) => maskFound(text, spansIn) }
}

const caseless = (word: string): string => word.trim().normalize('NFKC').toLowerCase()

const isWholeWord = ({ from, to, isPrefix }: Match, boundaries: WordBoundaries): boolean =>
  boundaries.isWordStart(from) && (isPrefix || boundaries.isWordEnd(to))

function createFinder(
  entries: readonly Entry[],
  doubled: ReadonlySet<string>,
  blacklistMatcherTransformers: ReturnType<typeof foldContiguous>,
): (text: string) => Match[] {
  const words = entries.reduce(
    (known, { word, isPrefix }) =>
      known.addPhrase((phrase) =>
        phrase.setMetadata({ isPrefix }).addPattern(parseRawPattern(patternOf(word, doubled))),
      ),
    new DataSet<{ isPrefix: boolean }>(),
  )
  const matcher = new RegExpMatcher({ ...words.build(), blacklistMatcherTransformers })
  return (text) =>
    matcher.getAllMatches(text, true).flatMap((match) => {
      const { phraseMetadata, startIndex, endIndex } = words.getPayloadWithPhraseMetadata(match)
      const span = withRepetitions(text, { from: startIndex, to: endIndex + 1 })
      return hasLetter(text, span) ? [{ ...span, isPrefix: phraseMetadata?.isPrefix === true }] : []
    })
}
