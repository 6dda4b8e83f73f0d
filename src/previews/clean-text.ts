import { cutText } from '../content/cut-text.js'

/** Control characters, and whatever changes the direction or the visibility of what stands around it; not what joins letters and emoji. */
const UNWANTED = /(?![\u200c\u200d\t-\r])[\p{Cc}\p{Cf}\p{Co}\u2800\u115f\u1160\u3164\uffa0]/gu

/** A page's text as messages may show it: one line of visible characters, at most so many code points; null for nothing. */
export function cleanText(raw: string, maxCodePoints: number): string | null {
  const line = raw.toWellFormed().replace(UNWANTED, '').replace(/\s+/g, ' ').normalize('NFC').trim()
  const text = cutText(line, maxCodePoints).trim()
  return text === '' ? null : text
}
