import { cleanPayloadText } from './clean-payload-text.js'
import { fromSlackText, plainText } from './slack-text.js'

/** A JSON object of a payload. Senders put all kinds of values everywhere: what is not of the expected kind counts as absent. */
export type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

export const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])

export const stringOf = (value: unknown): string => (typeof value === 'string' ? cleanPayloadText(value) : '')

/** Also numbers, truth values and null, as monitoring tools send them. */
export const scalarOf = (value: unknown): string =>
  value === null || typeof value === 'number' || typeof value === 'boolean' ? String(value) : stringOf(value)

/** A text object of Slack, or a string in its markup, as Markdown. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return fromSlackText(cleanPayloadText(value))
  const { type, text } = fieldsOf(value)
  return type === 'plain_text' ? plainText(stringOf(text)) : fromSlackText(stringOf(text))
}

/** The parts that are not blank, joined. */
export const joined = (parts: readonly string[], separator = '\n'): string =>
  parts.filter((part) => part.trim() !== '').join(separator)
