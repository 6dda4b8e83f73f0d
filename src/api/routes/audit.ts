import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { entryNames } from '../../projections/audit-trail/audit-events.js'
import { cursorSchema, instantSchema, limitSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { auditEntryShape } from '../shapes.js'

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
    limit: limitSchema,
  }),
  answers: { 200: z.array(auditEntryShape) },
  uses: ['auditProofs', 'auditTrail'],
  async handle({ query: { order, limit, after, ...filter } }, { auditProofs, auditTrail }) {
    const request = { filter, order, limit, after: after === null ? null : Number(after) }
    const { items, next } = await auditTrail.queries.entries(request)
    const hashes = await auditProofs.hashesOf(items)
    const entries = items.map((entry) => ({ ...entry, hash: hashes.get(entry.ordinal) ?? null }))
    return answer(200, entries, { links: next === null ? {} : { next: { after: next } } })
  },
})

export const auditRoutes = [listEntries]
