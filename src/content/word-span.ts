/** A part of a text, in UTF-16 units; `to` is not in it. */
export interface Span {
  from: number
  to: number
}

/** Characters that are invisible within words. */
const UNSEEN = '\\p{Default_Ignorable_Code_Point}\\p{Cf}\\p{M}\\u2800'
const REST_OF_WORD = new RegExp(`[\\p{L}\\p{N}${UNSEEN}]*`, 'uy')
const ALL_UNSEEN = new RegExp(`[${UNSEEN}]`, 'gu')

/** What may stand between the letters of a word that is spaced out: up to three signs or blanks within a line. */
const GAP = /[^\p{L}\p{N}@$]+/gu
const MAX_GAP = 3

const LETTER_BEFORE = new RegExp(
  `(?<![\\p{L}\\p{N}][${UNSEEN}]*)[\\p{L}\\p{N}][${UNSEEN}]*[^\\p{L}\\p{N}\\n]{1,${MAX_GAP}}$`,
  'u',
)
const LETTER_AFTER = new RegExp(`^[^\\p{L}\\p{N}\\n]{1,${MAX_GAP}}[\\p{L}\\p{N}](?![${UNSEEN}]*[\\p{L}\\p{N}])`, 'u')
/** What joins letters into one word, or parts two words: none of the two is a disguise. */
const APOSTROPHE_OR_SPACE = /[\s'’ʼ＇‘]/

/** How far a look around a span goes. */
const AROUND = 20

/** Extends a span by the repetitions of its first and last letter. */
export function withRepetitions(text: string, { from, to }: Span): Span {
  const [first = '', last = ''] = [text[from], text[to - 1]].map((letter) => letter?.toLowerCase())
  while (from > 0 && text[from - 1]?.toLowerCase() === first) from--
  while (to < text.length && text[to]?.toLowerCase() === last) to++
  return { from, to }
}

/** Extends a span to the end of its word, so that masking a beginning leaves no other blocked word. */
export function toWordEnd(text: string, { from, to }: Span): Span {
  REST_OF_WORD.lastIndex = to
  return { from, to: to + (REST_OF_WORD.exec(text)?.[0].length ?? 0) }
}

/** A number is no word, even where its digits look like letters. */
export const hasLetter = (text: string, { from, to }: Span): boolean =>
  /\p{L}/u.test(text.slice(from, to).normalize('NFKD'))

/** What a spaced-out word consists of. */
interface Spacing {
  gaps: readonly string[]
  hasSingleLetters: boolean
}

function spacingOf(text: string, { from, to }: Span): Spacing {
  const seen = text.slice(from, to).replace(ALL_UNSEEN, '')
  return { gaps: seen.match(GAP) ?? [], hasSingleLetters: seen.split(GAP).every(isOneLetter) }
}

/**
 * Whether what stands between the letters of a word is a disguise, and not the end of one word and the beginning of the next; and whether
 * those letters are all of it: `h e l l` within `h e l l o` is no word. Letters before `found`, the end of another blocked word, do not count.
 */
export function isSpacedOut(text: string, span: Span, isPrefix: boolean, found: number): boolean {
  const { gaps, hasSingleLetters } = spacingOf(text, span)
  if (gaps.some((gap) => gap.length > MAX_GAP || gap.includes('\n'))) return false
  if (!hasSingleLetters) return !gaps.some((gap) => APOSTROPHE_OR_SPACE.test(gap))
  return gaps.length === 0 || !isWithinSpacedOut(text, span, isPrefix, found)
}

function isWithinSpacedOut(text: string, { from, to }: Span, isPrefix: boolean, found: number): boolean {
  if (LETTER_BEFORE.test(text.slice(Math.max(found, from - AROUND), from))) return true
  return !isPrefix && LETTER_AFTER.test(text.slice(to, to + AROUND))
}

const isOneLetter = (part: string): boolean => /^(.)\1*$/su.test(part.toLowerCase())
