/** In code points; of longer words only the beginning counts. */
const MAX_LENGTH = 64

const ASCII = /^[a-z0-9]+$/i

/** Marks are accents in these scripts alone; elsewhere they are vowels or make another letter, as in Hindi, Thai or Japanese. */
const ACCENTS = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}])\p{M}+/gu

/** Invisible characters and skin tones, which do not make another word. U+0640 only stretches Arabic words. */
const NOISE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Emoji_Modifier}\u0640]/gu

/** Letters that Unicode does not take apart, and that are often written otherwise. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ı: 'i',
  œ: 'oe',
  æ: 'ae',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
  ς: 'σ',
}
const SPELLED = new RegExp(`[${Object.keys(SPELLINGS).join('')}]`, 'gu')

/** What a word may consist of once it is folded: nothing that means anything else to Postgres. */
const OTHER = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}\p{RI}]/gu

/** A word without case and accents, so that different spellings of it are the same. Most words have nothing to fold but their case. */
export function foldWord(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase().slice(0, MAX_LENGTH)
  const plain = word.replace(NOISE, '').normalize('NFKD').toLowerCase().normalize('NFKD')
  const letters = plain
    .replace(ACCENTS, '$1')
    .replace(SPELLED, (letter) => SPELLINGS[letter] ?? letter)
    .replace(OTHER, '')
    .normalize('NFC')
  return Array.from(letters).slice(0, MAX_LENGTH).join('')
}
