const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * The longest beginning of a text with at most `maxCodePoints`, cut between graphemes: never inside an emoji sequence or between a
 * letter and its accent. A single grapheme that is longer than the bound is cut at a code point.
 */
export function cutText(text: string, maxCodePoints: number): string {
  if (text.length <= maxCodePoints) return text
  // A code point has at most two units; one more code point than allowed shows whether the last grapheme fits.
  const scanned = text.slice(0, 2 * (maxCodePoints + 1))
  let count = 0
  for (const { segment, index } of graphemes.segment(scanned)) {
    const codePoints = Array.from(segment)
    count += codePoints.length
    if (count <= maxCodePoints) continue
    return index === 0 ? codePoints.slice(0, maxCodePoints).join('') : text.slice(0, index)
  }
  return text
}

/** The text itself where it fits, else its beginning and an ellipsis, together at most `maxCodePoints`. */
export function excerptOf(text: string, maxCodePoints: number): string {
  return cutText(text, maxCodePoints) === text ? text : `${cutText(text, maxCodePoints - 1)}…`
}

/** Graphemes longer than this, in UTF-16 units, are made to deceive: emoji sequences have some 30. */
const MAX_GRAPHEME = 64

/** Where the grapheme begins that the unit at `index` belongs to; within an endless one, where its code point begins. */
export function graphemeStart(text: string, index: number): number {
  if (index <= 0 || index >= text.length) return index
  const from = Math.max(0, index - MAX_GRAPHEME)
  const start = from + (graphemes.segment(text.slice(from, index + 2)).containing(index - from)?.index ?? 0)
  if (start > from || from === 0) return start
  return /[\udc00-\udfff]/.test(text.charAt(index)) ? index - 1 : index
}
