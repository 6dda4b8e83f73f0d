import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { entryNames } from '../../projections/audit-trail/audit-events.js'
import { cursorSchema, instantSchema, limitSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { auditEntryShape } from '../shapes/audit-shapes.js'

const isOrdinal = (cursor: string): boolean => /^[1-9]\d{0,14}$/.test(cursor)

const idFilter = idSchema.nullable().default(null)
const timeFilter = instantSchema.nullable().default(null)

const listEntries = route({
  method: 'get',
  path: '/audit/entries',
  summary:
    'Who did what to whom, from where and when: one entry for each event of the log, in its order. `from` and `to` are recorded times, both included',
  access: 'auditor',
  readsFrom: 'auditReads',
  cost: 3,
  query: z.strictObject({
    event: z.enum(Object.values(entryNames)).nullable().default(null),
    userId: idFilter,
    targetUserId: idFilter,
    chatId: idFilter,
    messageId: idFilter,
    from: timeFilter,
    to: timeFilter,
    order: z.enum(['asc', 'desc']).default('desc'),
    after: cursorSchema(isOrdinal).nullable().default(null),
    upTo: cursorSchema(isOrdinal).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(auditEntryShape) },
  uses: ['auditProofs', 'auditTrail'],
  async handle({ query: { order, limit, after, upTo, ...filter } }, { auditProofs, auditTrail }) {
    const request = { filter, order, limit, after: after === null ? null : Number(after) }
    // Each page of a recorded read adds to the log: the list ends where its first page began.
    const end = upTo === null ? await auditTrail.queries.lastOrdinal() : Number(upTo)
    const { items: all, next } = await auditTrail.queries.entries(request)
    const items = all.filter(({ ordinal }) => ordinal <= end)
    const hasMore = next !== null && items.length === all.length
    const hashes = await auditProofs.hashesOf(items)
    const entries = items.map((entry) => ({ ...entry, hash: hashes.get(entry.ordinal) ?? null }))
    return answer(200, entries, { links: hasMore ? { next: { after: next, upTo: end } } : {} })
  },
})

export const auditRoutes = [listEntries]
