import { z } from 'zod'
import { normaliseEmoji } from '../../domain/chat/emoji.js'
import { MAX_MESSAGE_LENGTH, normaliseLabel, normaliseName, normaliseText, type TextFault } from '../../domain/text.js'
import { inexactNumbers } from './inexact-numbers.js'
import { isStorableJson } from '../../eventstore/event-text.js'

/** What clients send, over REST and sockets alike. Unknown fields are refused. */

/** Ids come in lower case, however they were written. */
export const idSchema = z.uuid().toLowerCase()

const METADATA_BYTES = 8 * 1024
const MAX_SEQ = 2 ** 31 - 1

/** A text shown beside those of others, such as a status or a reason. */
export const textSchema = (maxLength: number) => normalisedSchema(normaliseLabel, maxLength)

/** The name of a user, chat, bot or webhook. */
export const nameSchema = normalisedSchema(normaliseName, 255)

/** `codes` names the problem each fault stands for, where it has one of its own. */
function normalisedSchema(
  normalise: typeof normaliseText,
  maxLength: number,
  codes: Partial<Record<TextFault, string>> = {},
) {
  return z
    .string()
    .transform((raw, context) => {
      const result = normalise(raw, maxLength)
      if (result.ok) return result.text
      const message = {
        empty: 'is empty',
        'too-long': `is longer than ${maxLength} characters`,
        'not-text': 'holds control characters or broken Unicode',
        'bidi-controls': 'holds characters that change the direction of text',
        'line-break': 'holds a line break or tab',
      }
      context.addIssue({ code: 'custom', message: message[result.fault], params: { code: codes[result.fault] } })
      return z.NEVER
    })
    .meta({ description: `1 to ${maxLength} code points after trimming` })
}

/** Also the form of `Idempotency-Key`. */
export const clientKeySchema = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters')

const metadataSchema = z
  .record(z.string(), z.json())
  .refine((metadata) => Buffer.byteLength(JSON.stringify(metadata)) <= METADATA_BYTES, 'is larger than 8 KiB')
  .refine((metadata) => isStorableJson(JSON.stringify(metadata)), 'holds U+0000 or broken Unicode')
  .superRefine((metadata, context) => {
    for (const path of inexactNumbers(metadata))
      context.addIssue({ code: 'custom', path, message: 'is a number that JSON cannot carry exactly' })
  })

const contentSchema = normalisedSchema(normaliseText, MAX_MESSAGE_LENGTH, {
  empty: 'message-empty',
  'too-long': 'message-too-long',
})

export const editBodySchema = z.strictObject({ content: contentSchema })

/** One emoji, as Unicode recommends it for interchange. */
export const emojiSchema = z
  .string()
  .max(64)
  .transform((raw, context) => {
    const emoji = normaliseEmoji(raw)
    if (emoji !== null) return emoji
    context.addIssue({ code: 'custom', message: 'is not one emoji' })
    return z.NEVER
  })

export const messageBodySchema = z.strictObject({
  content: contentSchema,
  replyTo: idSchema.optional(),
  type: z
    .string()
    .regex(/^[a-z0-9._-]{1,50}$/)
    .default('text'),
  metadata: metadataSchema.nullable().default(null),
  clientMessageId: clientKeySchema.optional(),
})

/** `unread` sets the marker back to `seq`; otherwise it never moves back. */
export const readBodySchema = z.strictObject({ seq: z.int().min(0).max(MAX_SEQ), unread: z.boolean().default(false) })
