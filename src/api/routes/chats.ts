import { z } from 'zod'
import { idSchema, nameSchema } from '../../commands/catalogue/input-schemas.js'
import type { CreateChatInput } from '../../commands/catalogue/chat-commands.js'
import { idOf } from '../../domain/streams.js'
import { isChatCursor } from '../../projections/conversations/chats/chat-list.js'
import { commandHeaders, orNotFound, unwrapResult, versionHeader } from '../answers.js'
import { cursorSchema, inChatSchema, limitSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { chatShape, listedChatShape } from '../shapes/chat-shapes.js'

const MAX_PARTICIPANTS = 200

const newChatSchema = z.strictObject({
  type: z.enum(['direct', 'group']).optional(),
  name: nameSchema.nullable().default(null),
  participantIds: z
    .array(idSchema)
    .refine((ids) => new Set(ids).size <= MAX_PARTICIPANTS, `names more than ${MAX_PARTICIPANTS} users`),
  historyVisibility: z.enum(['full', 'since-joined']).default('full'),
  joinPolicy: z.enum(['invite', 'open']).default('invite'),
})

const createChat = route({
  method: 'post',
  path: '/chats',
  summary: 'Create a chat; a direct chat that exists already is answered 200',
  access: 'user',
  body: newChatSchema,
  answers: { 200: chatShape, 201: chatShape },
  uses: ['queries', 'reads', 'run'],
  async handle({ body, caller }, { run, reads, queries }) {
    const input = newChat(body, caller.userId)
    const pathOf = (userId: string) => `participantIds[${body.participantIds.indexOf(userId)}]`
    const result = unwrapResult(await run('createChat', input, caller), pathOf)
    const chatId = idOf(result.stream)
    const status = result.kind === 'unchanged' ? 200 : 201
    await reads.written(result.position)
    // one that was hidden is shown again
    if (status === 200)
      await reads.written(unwrapResult(await run('hideChat', { chatId, hidden: false }, caller)).position)
    const chat = orNotFound(await queries.chat(chatId, caller.userId), 'chat-not-found')
    return answer(status, chat.answer, { headers: commandHeaders(result, caller) })
  },
})

const listChats = route({
  method: 'get',
  path: '/chats',
  summary: 'My chats, latest activity first; with `hidden=true` the hidden ones',
  access: 'user',
  cost: 3,
  query: z.strictObject({
    hidden: z.enum(['true', 'false']).default('false'),
    after: cursorSchema(isChatCursor).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(listedChatShape) },
  uses: ['queries'],
  async handle({ query: { hidden, after, limit }, caller }, { queries }) {
    const { items, next } = await queries.chats(caller.userId, limit, after, hidden === 'true')
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

const chat = route({
  method: 'get',
  path: '/chats/:id',
  summary: 'One of my chats, with its first participants',
  access: 'participant',
  bots: 'bound',
  params: inChatSchema,
  answers: { 200: chatShape },
  uses: ['queries'],
  async handle({ params: { id }, caller }, { queries }) {
    const found = orNotFound(await queries.chat(id, caller.userId), 'chat-not-found')
    return answer(200, found.answer, { headers: versionHeader(found.version) })
  },
})

export const chatRoutes = [createChat, listChats, chat]

/** One other user, or only the creator, and no name: a direct chat, unless the type says otherwise. */
function newChat(body: z.output<typeof newChatSchema>, creator: string): CreateChatInput {
  const { type, participantIds: given, ...rest } = body
  const participantIds = [...new Set(given)].filter((id) => id !== creator)
  const fitsDirect = participantIds.length === 1 || (participantIds.length === 0 && given.length > 0)
  const chatType = type ?? (fitsDirect && rest.name === null ? 'direct' : 'group')
  if (chatType === 'direct') checkDirect(fitsDirect, body)
  return { chatType, participantIds, ...rest, imported: false }
}

function checkDirect(fits: boolean, { name, joinPolicy }: z.output<typeof newChatSchema>): void {
  const errors = [
    !fits && {
      path: 'participantIds',
      message: 'must name exactly one other user, or only yourself, for a direct chat',
    },
    name !== null && { path: 'name', message: 'must be absent: a direct chat shows the other user’s' },
    joinPolicy === 'open' && { path: 'joinPolicy', message: 'cannot be open: nobody joins a direct chat' },
  ].filter((error) => error !== false)
  if (errors.length > 0) throw new ProblemError('validation-failed', { errors })
}
