import { z } from 'zod'
import { isOpenChatCursor } from '../../projections/conversations/chats/open-chats.js'
import { cursorSchema, limitSchema, queryTextSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { sharedChatShape } from '../shapes/chat-shapes.js'

const listOpenChats = route({
  method: 'get',
  path: '/chats/open',
  summary: 'Chats that I may join; with a query, those in whose names a word begins with it',
  access: 'user',
  cost: 3,
  query: z.strictObject({
    query: queryTextSchema(255).nullable().default(null),
    after: cursorSchema(isOpenChatCursor).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(sharedChatShape) },
  uses: ['queries'],
  async handle({ query: { query, after, limit }, caller }, { queries }) {
    const { items, next } = await queries.openChats(caller.userId, query, limit, after)
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

export const openChatRoutes = [listOpenChats]
