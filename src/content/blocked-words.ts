import { DataSet, RegExpMatcher, parseRawPattern } from 'obscenity'
import { doubledLetters, foldContiguous, foldSpacedOut, foldWord, patternOf } from './word-folding.js'
import { hasLetter, isSpacedOut, isWholeWord, toWordEnd, withRepetitions, type Span } from './word-span.js'

/** Words that are not to be said. */
export interface BlockedWords {
  areIn(text: string): boolean
  /** Each of their characters as `•`. */
  mask(text: string): string
}

interface Entry {
  /** PublicEvent. */
  word: string
  /** Its `*` at the end: what only begins with it is blocked too. */
  mayGoOn: boolean
}

/** Who has made a text in which masked words leave new ones bare again and again is not to be read to the end. */
const MAX_PASSES = 4

/** Whether an entry has the two letters without which everything would be blocked. */
export const isBlockable = (entry: string): boolean => foldWord(entry).replace(' ', '').length >= 2

/**
 * Finds words through the usual disguises: case, look-alikes, digits and signs for letters, characters that nobody sees, letters
 * repeated, letters spaced out. Whole words only, so that none is found within an ordinary one; an entry that ends in `*` is also
 * found where a word begins with it, and takes that word to its end.
 */
export function createBlockedWords(list: readonly string[]): BlockedWords {
  const entries = list.filter(isBlockable).map((text) => ({ word: foldWord(text), mayGoOn: text.trim().endsWith('*') }))
  const doubled = doubledLetters(entries.map(({ word }) => word))
  const findContiguous = createFinder(entries, doubled, foldContiguous(doubled))
  const findSpacedOut = createFinder(entries, doubled, foldSpacedOut(doubled))

  const spansIn = (text: string): Span[] => [
    ...findContiguous(text),
    ...findSpacedOut(text).filter((span) => isSpacedOut(text, span)),
  ]
  /** Again, until nothing is found: a word may only stand apart once its neighbour is masked. In the end all is masked. */
  function mask(given: string): string {
    let text = given
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const spans = spansIn(text)
      if (spans.length === 0) return text
      text = spans.reduce(maskSpan, text)
    }
    return maskSpan(text, { from: 0, to: text.length })
  }
  return { areIn: (text) => spansIn(text).length > 0, mask }
}

function createFinder(
  entries: readonly Entry[],
  doubled: ReadonlySet<string>,
  blacklistMatcherTransformers: ReturnType<typeof foldContiguous>,
): (text: string) => Span[] {
  const words = entries.reduce(
    (known, { word, mayGoOn }) =>
      known.addPhrase((phrase) =>
        phrase.setMetadata({ mayGoOn }).addPattern(parseRawPattern(patternOf(word, doubled))),
      ),
    new DataSet<{ mayGoOn: boolean }>(),
  )
  const matcher = new RegExpMatcher({ ...words.build(), blacklistMatcherTransformers })
  return (text) =>
    matcher.getAllMatches(text).flatMap((match) => {
      const { phraseMetadata, startIndex, endIndex } = words.getPayloadWithPhraseMetadata(match)
      const mayGoOn = phraseMetadata?.mayGoOn === true
      const span = withRepetitions(text, { from: startIndex, to: endIndex + 1 })
      if (!hasLetter(text, span) || !isWholeWord(text, span, mayGoOn)) return []
      return mayGoOn ? [toWordEnd(text, span)] : [span]
    })
}

/** Keeps the length in UTF-16 units, so that the other spans still fit. */
const maskSpan = (text: string, { from, to }: Span): string =>
  text.slice(0, from) + text.slice(from, to).replace(/\S/g, '•') + text.slice(to)
