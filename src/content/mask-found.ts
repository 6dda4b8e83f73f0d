import type { Span } from './word-span.js'

/** A text in which masking leaves new blocked words again and again is made for that; after so many passes all of it is masked. */
const MAX_PASSES = 4

/** Masks what is found until nothing is: a word may become a whole one only once its neighbour is masked. */
export function maskFound(given: string, spansIn: (text: string) => readonly Span[]): string {
  let text = given
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const spans = spansIn(text)
    if (spans.length === 0) return text
    text = maskSpans(text, spans)
  }
  return maskSpans(text, [{ from: 0, to: text.length }])
}

/** Keeps the length in UTF-16 units, so that the spans still fit. */
function maskSpans(text: string, spans: readonly Span[]): string {
  let masked = ''
  let end = 0
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    if (to <= end) continue
    const start = Math.max(from, end)
    masked += text.slice(end, start) + text.slice(start, to).replace(/\S/g, '•')
    end = to
  }
  return masked + text.slice(end)
}
