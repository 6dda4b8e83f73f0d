import { cutText } from '../content/cut-text.js'

/** In code points, for what is put at the ends of a part to close and reopen code that goes on in the next. */
const RESERVED = 10
/** A part ends at a line's end, or else at a blank, in the last fifth of what it may hold: 40,000 code points make five parts of 10,000. */
const MIN_SHARE = 0.81
const FENCE = '```'

/** A text in parts of at most `maxCodePoints`, in order; a single one where it fits. Code that is cut stays code in both parts. */
export function splitText(text: string, maxCodePoints: number): string[] {
  if (cutText(text, maxCodePoints) === text) return [text]
  const parts: string[] = []
  let rest = text
  while (rest !== '') {
    const part = nextPart(rest, maxCodePoints - RESERVED)
    parts.push(part)
    rest = rest.slice(part.length)
  }
  return closeFences(parts.filter((part) => part.trim() !== ''))
}

function nextPart(text: string, maxCodePoints: number): string {
  const part = cutText(text, maxCodePoints)
  if (part === text) return part
  const least = cutText(text, Math.floor(maxCodePoints * MIN_SHARE)).length
  const end = [part.lastIndexOf('\n'), part.lastIndexOf(' ')].find((index) => index >= least)
  return end === undefined ? part : part.slice(0, end + 1)
}

function closeFences(parts: readonly string[]): string[] {
  let isOpen = false
  return parts.map((part) => {
    const beginning = isOpen ? `${FENCE}\n` : ''
    if ((part.split(FENCE).length - 1) % 2 === 1) isOpen = !isOpen
    return beginning + part.trimEnd() + (isOpen ? `\n${FENCE}` : '')
  })
}
