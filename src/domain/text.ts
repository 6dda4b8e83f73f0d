/** Why a text is refused; the codes stand in docs/errors.md. */
export type TextFault = 'empty' | 'too-long' | 'not-text' | 'turns-text'

export type TextResult = { ok: true; text: string } | { ok: false; fault: TextFault }

export const MAX_MESSAGE_LENGTH = 10_000

// Control characters (also C1 ones), but neither newline nor tab.

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/

// Marks, embeddings, overrides and isolates that turn the direction of what is shown around them.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const ALL_TURNING = new RegExp(TURNING, 'g')

/** For what was written elsewhere, where it cannot be asked for again. */
export const stripBidiControls = (raw: string): string => raw.replaceAll(ALL_TURNING, '')

/** Names and the like are shown amid text of others, which they must not be able to turn around. */
export function normaliseLabel(raw: string, maxLength: number): TextResult {
  return TURNING.test(raw) ? { ok: false, fault: 'turns-text' } : normaliseText(raw, maxLength)
}

/**
 * A text as it is stored: Unicode NFC, `\r\n` as `\n`, trimmed, otherwise exactly as sent. Refused when it is empty, longer
 * than `maxLength` code points, or holds a control character or a lone surrogate.
 */
export function normaliseText(raw: string, maxLength: number): TextResult {
  if (!raw.isWellFormed()) return { ok: false, fault: 'not-text' }
  const text = raw.replaceAll('\r\n', '\n').normalize('NFC').trim()
  if (CONTROL.test(text)) return { ok: false, fault: 'not-text' }
  if (text === '') return { ok: false, fault: 'empty' }
  return codePoints(text) > maxLength ? { ok: false, fault: 'too-long' } : { ok: true, text }
}

function codePoints(text: string): number {
  const surrogatePairs = text.match(/[\ud800-\udbff]/g)?.length ?? 0
  return text.length - surrogatePairs
}
