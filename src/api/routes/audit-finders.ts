import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { isId, isNameCursor } from '../../projections/conversations/name-index.js'
import { isUserCursor } from '../../projections/conversations/users/user-queries.js'
import { cursorSchema, limitSchema, queryTextSchema, userQuerySchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { streamShape } from '../shapes/audit-shapes.js'
import { foundChatShape } from '../shapes/chat-shapes.js'
import { profileShape } from '../shapes/user-shapes.js'

const MAX_NAME = 255

const findUsers = route({
  method: 'get',
  path: '/audit/users',
  summary: 'Users, by how a word of the name begins',
  access: 'auditor',
  cost: 3,
  query: z.strictObject({
    query: userQuerySchema,
    after: cursorSchema(isUserCursor).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(profileShape) },
  uses: ['queries'],
  async handle({ query }, { queries }) {
    const { items, next } = await queries.findProfiles(query)
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

const findChats = route({
  method: 'get',
  path: '/audit/chats',
  summary:
    'Chats, by how a word of the name begins, by a user who takes part or ever did, or by both. Direct chats have no name, and are found by their participants',
  access: 'auditor',
  cost: 3,
  query: z
    .strictObject({
      query: queryTextSchema(MAX_NAME)
        .refine((text) => text !== '', 'is empty')
        .nullable()
        .default(null),
      participantId: idSchema.nullable().default(null),
      after: cursorSchema((cursor) => isNameCursor(cursor) || isId(cursor))
        .nullable()
        .default(null),
      limit: limitSchema,
    })
    .refine(
      ({ query, participantId }) => query !== null || participantId !== null,
      'takes query, participantId or both',
    ),
  answers: { 200: z.array(foundChatShape) },
  uses: ['queries'],
  async handle({ query }, { queries }) {
    const { items, next } = await queries.findChats(query)
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

const findStreams = route({
  method: 'get',
  path: '/audit/streams',
  summary: 'Streams of the log, by how their names begin, in the order of their names',
  access: 'auditor',
  readsFrom: null,
  cost: 3,
  query: z.strictObject({
    prefix: queryTextSchema(MAX_NAME).default(''),
    after: queryTextSchema(MAX_NAME).default(''),
    limit: limitSchema,
  }),
  answers: { 200: z.array(streamShape) },
  uses: ['rawEvents'],
  async handle({ query: { prefix, after, limit } }, { rawEvents }) {
    const found = await rawEvents.streams(prefix, after, limit + 1)
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return answer(200, items, {
      links: found.length > limit && last !== undefined ? { next: { after: last.stream } } : {},
    })
  },
})

export const auditFinderRoutes = [findUsers, findChats, findStreams]
