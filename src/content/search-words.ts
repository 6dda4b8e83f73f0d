import { foldWord } from './fold-word.js'

/** A word as search knows it, and where it stands in the text, in UTF-16 code units. */
export interface Word {
  folded: string
  /** With the signs beside it that tell it from others: `c++`, `c#`, `.net`, `#12`, `--force`, `-5`. */
  signed?: string
  from: number
  to: number
}

/** Scripts of which each character is a word of its own, and several in a row are a phrase: those without spaces, and Korean, where particles hang on words. */
const SINGLE =
  '[[\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]&&[\\p{L}\\p{N}]]'

/** Marks, and the sound marks of half-width katakana, belong to the character before them. */
const MARKS = '[\\p{M}\\uff9e\\uff9f]*'

/** Not seen within a word, and no part of it: soft hyphens, joiners, zero-width spaces and the like. */
const INVISIBLE = '[\\p{Default_Ignorable_Code_Point}\\p{Cf}]'
const LETTER = `[[\\p{L}\\p{N}\\p{M}]--${SINGLE}--${INVISIBLE}]`

const EMOJI =
  '(?:\\p{Extended_Pictographic}[\\p{Emoji_Modifier}\\ufe0f]*(?:\\u200d\\p{Extended_Pictographic}[\\p{Emoji_Modifier}\\ufe0f]*)*|\\p{RI}\\p{RI})'

const PREFIX = '(?:(?<![\\p{L}\\p{N}\\p{M}])(?:--|-(?=\\p{N})|[.#]))'
const SUFFIX = '(?:(?:\\+\\+|#)(?![\\p{L}\\p{N}]))'

/** Its groups are the prefix, the word and the suffix; none for a word of a single character. */
const WORD = new RegExp(
  `(?:${EMOJI}|${SINGLE}${MARKS})|(${PREFIX})?(${LETTER}(?:${INVISIBLE}*${LETTER})*)(${SUFFIX})?`,
  'gv',
)

const ASCII = /^[\0-\x7f]*$/
/** What `WORD` is for ASCII, in half the time. */
const ASCII_WORD = /((?<![a-z0-9])(?:--|-(?=[0-9])|[.#]))?([a-z0-9]+)((?:\+\+|#)(?![a-z0-9]))?/gi

/** The words of a text in any language, without case and accents. */
export function searchWords(text: string): Word[] {
  const words: Word[] = []
  for (const { 0: match, 1: prefix = '', 2: word = match, 3: suffix = '', index } of matches(text)) {
    const folded = foldWord(word)
    if (folded === '') continue
    const place = { folded, from: index, to: index + match.length }
    words.push(prefix === '' && suffix === '' ? place : { ...place, signed: prefix + folded + suffix })
  }
  return words
}

const matches = (text: string) => text.matchAll(ASCII.test(text) ? ASCII_WORD : WORD)
