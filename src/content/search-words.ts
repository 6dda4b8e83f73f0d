/** A word as search knows it, and where it stands in the text, in UTF-16 code units. */
export interface Word {
  folded: string
  from: number
  to: number
}

/** Scripts that put no spaces between words: each of their characters is a word of its own, and several in a row are a phrase. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, 'gu')

/** Longer ones are told apart by their beginnings alone. */
const LONGEST = 64

/** The words of a text in any language, without case and accents. */
export function searchWords(text: string): Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    folded: fold(word),
    from: index,
    to: index + word.length,
  })).filter(({ folded }) => folded !== '')
}

const LATIN = /^[a-z0-9]+$/i

/** Letters and digits alone, so that a folded word means nothing else to Postgres. Most words have nothing to fold but their case. */
function fold(word: string): string {
  if (LATIN.test(word)) return word.toLowerCase().slice(0, LONGEST)
  const plain = word.normalize('NFKD').toLowerCase().normalize('NFKD')
  const letters = plain.replace(/[^\p{L}\p{N}]/gu, '').normalize('NFC')
  return Array.from(letters).slice(0, LONGEST).join('')
}
