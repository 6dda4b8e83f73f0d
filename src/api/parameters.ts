import { z } from 'zod'
import { idSchema } from '../commands/catalogue/input-schemas.js'
import { toInstant } from '../domain/instant.js'

/** What stands in paths and query strings. */

const MAX_INT = 2 ** 31 - 1

const wholeNumber = (least: number, most: number) =>
  z.preprocess(
    (raw) => (typeof raw === 'string' && /^\d{1,10}$/.test(raw) ? Number(raw) : raw),
    z.int().min(least).max(most),
  )

/** A seq or a version: exclusive start of a page. */
export const startSchema = wholeNumber(0, MAX_INT)

/** Of a stream. */
export const versionSchema = wholeNumber(1, MAX_INT)

/** The number of an entry of the audit chain. */
export const ordinalSchema = z.preprocess(
  (raw) => (typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw),
  z.int().min(1),
)

export const limitSchema = wholeNumber(1, 200).prefault(50)

/** Of a list that is bounded by a rule: without a parameter, all of it. */
export const limitUpTo = (most: number) => wholeNumber(1, 200).prefault(most)

export const inChatSchema = z.strictObject({ id: idSchema })

export const ofMessageSchema = inChatSchema.extend({ messageId: idSchema })

/** What is given in a list of ids, separated by commas. */
export const idListSchema = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(idSchema).max(200))
  .meta({ description: 'up to 200 ids, separated by commas' })

/** Where the page before ended, as its `Link` said. */
export const cursorSchema = (isCursor: (text: string) => boolean) =>
  z.string().refine(isCursor, 'is not a cursor of this list').meta({ description: 'from the Link of the page before' })

/** Of a list whose cursors are versions. */
export const pageSchema = z.strictObject({
  after: cursorSchema((cursor) => /^\d{1,9}$/.test(cursor))
    .nullable()
    .default(null),
  limit: limitSchema,
})

/** Text to look for: whatever people type or paste, as far as a database can hold it. */
export const queryTextSchema = (maxLength: number) =>
  z
    .string()
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'holds U+0000 or broken Unicode')
    .refine((text) => Array.from(text).length <= maxLength, `is longer than ${maxLength} characters`)
    .transform((text) => text.normalize('NFC').trim())
    .meta({ description: `up to ${maxLength} code points` })

/** One character is a whole word, or a syllable of one, in Chinese, Japanese and Korean. */
const SYLLABIC = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

const isLongEnough = (query: string): boolean => Array.from(query).length >= (SYLLABIC.test(query) ? 1 : 2)

/** The beginning of a word of a user's name. */
export const userQuerySchema = queryTextSchema(255).refine(isLongEnough, 'is shorter than 2 characters')

/** A time with an offset or Z, in the years 0001 to 9999 UTC; taken in UTC. */
export const instantSchema = z.iso.datetime({ offset: true }).transform((text, context) => {
  const instant = toInstant(text)
  if (instant !== null) return instant
  context.addIssue({ code: 'custom', message: 'is outside the years 0001 to 9999 UTC' })
  return z.NEVER
})

export const NOTHING = z.strictObject({})
