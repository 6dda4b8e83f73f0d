import { z } from 'zod'
import { idSchema, textSchema } from '../../commands/catalogue/input-schemas.js'
import { isSearchCursor } from '../../projections/conversations/search-cursor.js'
import { isSearch } from '../../projections/conversations/search-query.js'
import { orNotFound } from '../answers.js'
import { cursorSchema, limitSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { foundMessageShape } from '../shapes.js'

const MAX_CHARACTERS = 500

const timeSchema = z.iso.datetime({ offset: true }).nullable().default(null)

const searchMessages = route({
  method: 'get',
  path: '/search/messages',
  summary:
    'Messages that I may see and that say all of it, and below them those that do but for slips of typing: words, "phrases" as they stand, ' +
    '-excluded; the last word may be a beginning. ' +
    'Ranges of the highlight are in UTF-16 code units of its text',
  access: 'user',
  query: z.strictObject({
    q: textSchema(MAX_CHARACTERS).refine(isSearch, 'says nothing to look for'),
    chatId: idSchema.nullable().default(null),
    senderId: idSchema.nullable().default(null),
    from: timeSchema,
    to: timeSchema,
    order: z.enum(['relevance', 'latest']).default('relevance'),
    after: cursorSchema(isSearchCursor).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(foundMessageShape) },
  async handle({ query: { q, limit, after, ...within }, caller }, { queries }) {
    const { items, next } = orNotFound(await queries.search(caller.userId, q, within, limit, after), 'chat-not-found')
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

export const searchRoutes = [searchMessages]
