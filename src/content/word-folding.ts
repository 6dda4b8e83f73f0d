import {
  collapseDuplicatesTransformer,
  createSimpleTransformer,
  resolveConfusablesTransformer,
  resolveLeetSpeakTransformer,
  toAsciiLowerCaseTransformer,
  type SimpleTransformerContainer,
  type StatefulTransformerContainer,
} from 'obscenity'

type Transformer = SimpleTransformerContainer | StatefulTransformerContainer

/** Characters that nobody sees, and marks above, below and through letters. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\u2800]/u

/** Signs that stand for letters within a word, and part words as well. */
const AMBIGUOUS = /[!|(/]/

const isLetter = (text: string): boolean => /\p{L}/u.test(text)

const skip = (isSkipped: (character: string) => boolean): SimpleTransformerContainer =>
  createSimpleTransformer((codePoint) => (isSkipped(String.fromCodePoint(codePoint)) ? undefined : codePoint))

/** Letters in circles, squares and other dress. */
const undress = createSimpleTransformer((codePoint) => {
  const plain = String.fromCodePoint(codePoint).normalize('NFKD').codePointAt(0)
  return plain !== undefined && isLetter(String.fromCodePoint(plain)) ? plain : codePoint
})

const resolve = [undress, resolveConfusablesTransformer(), resolveLeetSpeakTransformer(), toAsciiLowerCaseTransformer()]

const skipUnseen = skip((character) => UNSEEN.test(character))

/** At most two of a letter that some word doubles, else one. */
const collapse = (doubled: ReadonlySet<string>): StatefulTransformerContainer =>
  collapseDuplicatesTransformer({ customThresholds: new Map(Array.from(doubled, (letter) => [letter, 2])) })

/** For words whose letters stand side by side. */
export const foldContiguous = (doubled: ReadonlySet<string>): Transformer[] => [
  skipUnseen,
  ...resolve,
  collapse(doubled),
]

/** For words with something between their letters. */
export const foldSpacedOut = (doubled: ReadonlySet<string>): Transformer[] => [
  skip((character) => UNSEEN.test(character) || AMBIGUOUS.test(character)),
  ...resolve,
  skip((character) => !isLetter(character)),
  collapse(doubled),
]

/** A word of the list as texts are folded before they are searched: letters and single spaces. */
export function foldWord(word: string): string {
  const folded = Array.from(word.normalize('NFC'), foldCharacter).join('')
  return folded
    .replace(/[^\p{L} ]/gu, '')
    .replace(/ +/g, ' ')
    .trim()
}

function foldCharacter(character: string): string {
  if (UNSEEN.test(character)) return ''
  const codePoint = resolve.reduce<number | undefined>(
    (before, { transform }) => (before === undefined ? undefined : transform(before)),
    character.codePointAt(0),
  )
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint)
}

/** The letters that stand twice side by side in some of the words. */
export const doubledLetters = (words: readonly string[]): Set<string> =>
  new Set(words.flatMap((word) => Array.from(word.matchAll(/(\p{L})\1/gu), ([, letter = '']) => letter)))

/** The pattern of a folded word: where it has one of a letter that is not collapsed to one, the text may have two. */
export const patternOf = (word: string, doubled: ReadonlySet<string>): string =>
  word.replace(/(\p{L})\1*/gu, (run, letter: string) => {
    if (!doubled.has(letter)) return letter
    return run === letter ? `${letter}[${letter}]` : letter + letter
  })
