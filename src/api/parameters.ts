import { z } from 'zod'
import { idSchema } from '../commands/catalogue/input-schemas.js'

/** What stands in paths and query strings. */

const MAX_INT = 2 ** 31 - 1

const wholeNumber = (least: number, most: number) =>
  z.preprocess(
    (raw) => (typeof raw === 'string' && /^\d{1,10}$/.test(raw) ? Number(raw) : raw),
    z.int().min(least).max(most),
  )

/** A seq or a version: exclusive start of a page. */
export const startSchema = wholeNumber(0, MAX_INT)

export const limitSchema = wholeNumber(1, 200).prefault(50)

export const inChatSchema = z.strictObject({ id: idSchema })

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

export const NOTHING = z.strictObject({})
