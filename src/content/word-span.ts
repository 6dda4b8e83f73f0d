/** A part of a text, in UTF-16 units; `to` is not in it. */
export interface Span {
  from: number
  to: number
}

/** Stands within words without being seen. */
const UNSEEN = '\\p{Default_Ignorable_Code_Point}\\p{Cf}\\p{M}\\u2800'
const WORD_BEFORE = new RegExp(`[\\p{L}\\p{N}][${UNSEEN}]*$`, 'u')
const WORD_AFTER = new RegExp(`^[${UNSEEN}]*[\\p{L}\\p{N}]`, 'u')
const REST_OF_WORD = new RegExp(`[\\p{L}\\p{N}${UNSEEN}]*`, 'uy')
const ALL_UNSEEN = new RegExp(`[${UNSEEN}]`, 'gu')

/** What may stand between the letters of a word that is spaced out: up to three signs or blanks within a line. */
const GAP = /[^\p{L}\p{N}@$]+/gu
const MAX_GAP = 3

/** How far back and forth a look around a span goes: nobody hides a boundary behind more. */
const AROUND = 20

/** A letter that was repeated stands in the span once: all of its repetitions belong to it. */
export function withRepetitions(text: string, { from, to }: Span): Span {
  const [first = '', last = ''] = [text[from], text[to - 1]].map((letter) => letter?.toLowerCase())
  while (from > 0 && text[from - 1]?.toLowerCase() === first) from--
  while (to < text.length && text[to]?.toLowerCase() === last) to++
  return { from, to }
}

/** What a word goes on with: so that masking its beginning leaves no other word bare. */
export function toWordEnd(text: string, { from, to }: Span): Span {
  REST_OF_WORD.lastIndex = to
  return { from, to: to + (REST_OF_WORD.exec(text)?.[0].length ?? 0) }
}

/** Whether no letter and no digit stands before it, nor after it unless `mayGoOn`. */
export function isWholeWord(text: string, { from, to }: Span, mayGoOn: boolean): boolean {
  if (WORD_BEFORE.test(text.slice(Math.max(0, from - AROUND), from))) return false
  return mayGoOn || !WORD_AFTER.test(text.slice(to, to + AROUND))
}

/** A number is no word, however much its digits look like one. */
export const hasLetter = (text: string, { from, to }: Span): boolean =>
  /\p{L}/u.test(text.slice(from, to).normalize('NFKD'))

/** Whether what stands between its letters is a disguise, and not the end of one word and the beginning of the next. */
export function isSpacedOut(text: string, { from, to }: Span): boolean {
  const seen = text.slice(from, to).replace(ALL_UNSEEN, '')
  const gaps = seen.match(GAP) ?? []
  if (gaps.some((gap) => gap.length > MAX_GAP || gap.includes('\n'))) return false
  return !gaps.some((gap) => /\s/.test(gap)) || seen.split(GAP).every(isOneLetter)
}

const isOneLetter = (part: string): boolean => /^(.)\1*$/su.test(part.toLowerCase())
