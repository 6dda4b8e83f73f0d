import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { isSearchCursor } from '../../projections/conversations/search/search-cursor.js'
import { orNotFound } from '../answers.js'
import { cursorSchema, instantSchema, limitSchema, queryTextSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { foundMessageShape } from '../shapes/message-shapes.js'

const MAX_CHARACTERS = 500

const searchMessages = route({
  method: 'get',
  path: '/search/messages',
  summary:
    'Messages that I may see and that contain the whole query, and after them those that do but for typing errors: words, exact "phrases", ' +
    '-excluded words; the last word also matches as a prefix. A query without a word finds nothing. ' +
    'Ranges of the highlight are in UTF-16 code units of its text',
  access: 'user',
  cost: 10,
  query: z.strictObject({
    q: queryTextSchema(MAX_CHARACTERS),
    chatId: idSchema.nullable().default(null),
    senderId: idSchema.nullable().default(null),
    from: instantSchema.nullable().default(null),
    to: instantSchema.nullable().default(null),
    order: z.enum(['relevance', 'latest']).default('relevance'),
    after: cursorSchema(isSearchCursor).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(foundMessageShape) },
  uses: ['flags', 'queries'],
  async handle({ query: { q, limit, after, ...request }, caller }, { flags, queries }) {
    if (!(await flags.isOn('search', caller.userId))) throw new ProblemError('feature-off')
    const found = await queries.search(caller.userId, { query: q, ...request }, limit, after)
    const { items, next } = orNotFound(found, 'chat-not-found')
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

export const searchRoutes = [searchMessages]
