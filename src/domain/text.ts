/** Why a text is refused; the codes are listed in docs/errors.md. */
export type TextFault = 'empty' | 'too-long' | 'not-text' | 'bidi-controls' | 'line-break'

export type TextResult = { ok: true; text: string } | { ok: false; fault: TextFault }

export const MAX_MESSAGE_LENGTH = 10_000

/** All but newline and tab. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/
/** Marks, embeddings, overrides and isolates that change the direction of what is shown around them. */
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const ALL_BIDI_CONTROLS = new RegExp(BIDI_CONTROL, 'g')
const LINE_BREAK = /[\n\t\u2028\u2029]/
const BLANK_LINES_AT_START = /^(?:[^\S\n]*\n)+/
/** White space, format characters, and letters without a shape: fillers, the blank braille pattern, the musical null notehead. */
const INVISIBLE = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]*$/u

/** For text from other systems, whose author cannot be asked to send it again. */
export const stripBidiControls = (raw: string): string => raw.replaceAll(ALL_BIDI_CONTROLS, '')

/** Whether a reader would see nothing at all. */
export const showsNothing = (text: string): boolean => INVISIBLE.test(text)

/** A text shown beside those of others, such as a status or a reason: trimmed, and without control of their direction. */
export function normaliseLabel(raw: string, maxLength: number): TextResult {
  return BIDI_CONTROL.test(raw) ? refuse('bidi-controls') : normaliseText(raw.trim(), maxLength)
}

/** The name of a user, chat, bot or webhook: a label on one line. */
export function normaliseName(raw: string, maxLength: number): TextResult {
  const result = normaliseLabel(raw, maxLength)
  return result.ok && LINE_BREAK.test(result.text) ? refuse('line-break') : result
}

/**
 * A text as it is stored: Unicode NFC, `\r\n` as `\n`, without blank lines at the start and white space at the end, otherwise exactly
 * as sent. Refused when it shows nothing, is longer than `maxLength` code points, or holds a control character or a lone surrogate.
 */
export function normaliseText(raw: string, maxLength: number): TextResult {
  if (!raw.isWellFormed()) return refuse('not-text')
  const text = raw.replaceAll('\r\n', '\n').normalize('NFC').trimEnd().replace(BLANK_LINES_AT_START, '')
  if (CONTROL.test(text)) return refuse('not-text')
  if (showsNothing(text)) return refuse('empty')
  return codePoints(text) > maxLength ? refuse('too-long') : { ok: true, text }
}

const refuse = (fault: TextFault): TextResult => ({ ok: false, fault })

function codePoints(text: string): number {
  const surrogatePairs = text.match(/[\ud800-\udbff]/g)?.length ?? 0
  return text.length - surrogatePairs
}
