import { z } from 'zod'
import { toInstant } from '../domain/instant.js'
import { MAX_MESSAGE_LENGTH, normaliseText, stripBidiControls } from '../domain/text.js'

/** One line of an archive, in NDJSON. */
export type ImportLine = { chat: string; user: string; at: string } & (
  { type: 'message'; content: string } | { type: 'join' | 'leave' } | { type: 'nick'; newName: string }
)

const MAX_NAME_LENGTH = 255

const text = (maxLength: number, prepare = (raw: string): string => raw) =>
  z.string().transform((raw, context) => {
    const result = normaliseText(prepare(raw), maxLength)
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

/** Exports of other systems set such marks around names; nobody should lose a message by them. */
const name = text(MAX_NAME_LENGTH, stripBidiControls)
const about = { chat: name, user: name, at: time }

const lineSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...about, type: z.literal('message'), content: text(MAX_MESSAGE_LENGTH) }),
  z.strictObject({ ...about, type: z.enum(['join', 'leave']) }),
  z.strictObject({ ...about, type: z.literal('nick'), newName: name }),
])

/** The line, or why it is refused, without repeating what it says. */
export function parseLine(line: string): { line: ImportLine } | { reason: string } {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { reason: 'not JSON' }
  }
  const parsed = lineSchema.safeParse(json)
  if (parsed.success) return { line: parsed.data }
  const [issue] = parsed.error.issues
  return { reason: [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ') }
}
