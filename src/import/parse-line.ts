import { z } from 'zod'
import { toInstant } from '../domain/instant.js'
import { MAX_MESSAGE_LENGTH, normaliseName, normaliseText, stripBidiControls, type TextResult } from '../domain/text.js'
import type { SourceLine } from './split-lines.js'

/** One line of an archive, in NDJSON. */
export type ImportLine = { chat: string; user: string; at: string } & (
  { type: 'message'; content: string } | { type: 'join' | 'leave' } | { type: 'nick'; newName: string }
)

/** `character` counts the line's characters from 1. The reason never repeats what the line holds. */
export interface LineFault {
  reason: string
  character: number
}

export interface ParsedLine {
  line: ImportLine
  /** Control characters that were removed. */
  stripped: number
}

const MAX_NAME_LENGTH = 255
const CONTROL = /(?![\n\t])\p{Cc}/gu

const text = (normalise: (raw: string) => TextResult) =>
  z.string().transform((raw, context) => {
    const result = normalise(raw)
    if (result.ok) return result.text
    context.addIssue({ code: 'custom', message: result.fault })
    return z.NEVER
  })

/** ISO-8601 with an offset or Z; kept in UTC with milliseconds. */
const time = z.iso.datetime({ offset: true }).transform((at, context) => {
  const instant = toInstant(at)
  if (instant !== null) return instant
  context.addIssue({ code: 'custom', message: 'is outside the years 0001 to 9999 UTC' })
  return z.NEVER
})

/** Exports of other systems put marks of direction around names: they are removed, so that no message is lost by them. */
const name = text((raw) => normaliseName(stripBidiControls(raw), MAX_NAME_LENGTH))
const about = { chat: name, user: name, at: time }

const lineSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...about,
    type: z.literal('message'),
    content: text((raw) => normaliseText(raw, MAX_MESSAGE_LENGTH)),
  }),
  z.strictObject({ ...about, type: z.enum(['join', 'leave']) }),
  z.strictObject({ ...about, type: z.literal('nick'), newName: name }),
])

export function parseLine(source: SourceLine): ParsedLine | LineFault {
  if (typeof source !== 'string')
    return { reason: `not UTF-8 (byte 0x${source.byte.toString(16).padStart(2, '0')})`, character: source.invalidAt }
  let json: unknown
  try {
    json = JSON.parse(source)
  } catch (error) {
    return { reason: 'not JSON', character: characterOf(source, error) }
  }
  const { value, stripped } = withoutControls(json)
  const parsed = lineSchema.safeParse(value)
  if (parsed.success) return { line: parsed.data, stripped }
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  return { reason: [field, issue?.message].filter(Boolean).join(': '), character: characterOfField(source, field) }
}

/** Where the parser of JSON stopped: V8 names the position, or in a short text the character, or that it came to the end. */
function characterOf(source: string, error: unknown): number {
  const [, position, token] = /position (\d+)|token '(.)'/u.exec(String(error)) ?? []
  const index = token === undefined ? Number(position ?? source.length) : source.indexOf(token)
  return Array.from(source.slice(0, index)).length + 1
}

/** Where the value of a field begins, as far as its name tells; the beginning of the line where the field is missing. */
function characterOfField(source: string, field: string): number {
  const index = field === '' ? -1 : source.search(new RegExp(`(?<="${field}"\\s*:\\s*)\\S`))
  return Array.from(source.slice(0, Math.max(0, index))).length + 1
}

function withoutControls(json: unknown): { value: unknown; stripped: number } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { value: json, stripped: 0 }
  let stripped = 0
  const strip = (raw: string): string => raw.replaceAll('\r\n', '\n').replace(CONTROL, () => (stripped++, ''))
  const entries = Object.entries(json as Record<string, unknown>).map(([key, value]) => [
    key,
    typeof value === 'string' ? strip(value) : value,
  ])
  return { value: Object.fromEntries(entries), stripped }
}
