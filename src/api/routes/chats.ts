import { z } from 'zod'
import { idSchema, textSchema } from '../../commands/catalogue/input-schemas.js'
import type { CreateChatInput } from '../../commands/catalogue/chat-commands.js'
import { idOf } from '../../domain/streams.js'
import { isChatCursor } from '../../projections/conversations/chats/chat-list.js'
import { commandHeaders, orNotFound, unwrapResult, versionHeader } from '../answers.js'
import { cursorSchema, inChatSchema, limitSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { chatShape, listedChatShape } from '../shapes.js'

const MAX_PARTICIPANTS = 200

const newChatSchema = z.strictObject({
  type: z.enum(['direct', 'group']).optional(),
  name: textSchema(255).nullable().default(null),
  participantIds: z
    .array(idSchema)
    .refine((ids) => new Set(ids).size <= MAX_PARTICIPANTS, `names more than ${MAX_PARTICIPANTS} people`),
  historyVisibility: z.enum(['full', 'since-joined']).default('full'),
  joinPolicy: z.enum(['invite', 'open']).default('invite'),
})

const createChat = route({
  method: 'post',
  path: '/chats',
  summary: 'Open a chat; a direct one that is there already is answered 200',
  access: 'user',
  body: newChatSchema,
  answers: { 200: chatShape, 201: chatShape },
  async handle({ body, caller }, { run, reads, queries }) {
    const input = newChat(body, caller.userId)
    const pathOf = (userId: string) => `participantIds[${body.participantIds.indexOf(userId)}]`
    const result = unwrapResult(await run('createChat', input, caller), pathOf)
    const chatId = idOf(result.stream)
    const status = result.kind === 'unchanged' ? 200 : 201
    // one that was hidden is shown again
    const shown = status === 200 ? unwrapResult(await run('hideChat', { chatId, hidden: false }, caller)) : result
    await reads.written(shown.position)
    const chat = orNotFound(await queries.chat(chatId, caller.userId), 'chat-not-found')
    return answer(status, chat.answer, { headers: commandHeaders(result, caller) })
  },
})

const listChats = route({
  method: 'get',
  path: '/chats',
  summary: 'My chats, latest activity first; hidden ones only where `hidden=true` asks for them',
  access: 'user',
  query: z.strictObject({
    hidden: z.enum(['true', 'false']).default('false'),
    after: cursorSchema(isChatCursor).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(listedChatShape) },
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
  async handle({ params: { id }, caller }, { queries }) {
    const found = orNotFound(await queries.chat(id, caller.userId), 'chat-not-found')
    return answer(200, found.answer, { headers: versionHeader(found.version) })
  },
})

export const chatRoutes = [createChat, listChats, chat]

/** Whoever is alone with one other and gives the chat no name means to talk to that person. */
function newChat(body: z.output<typeof newChatSchema>, creator: string): CreateChatInput {
  const { type, participantIds: given, ...rest } = body
  const participantIds = [...new Set(given)].filter((id) => id !== creator)
  const chatType = type ?? (participantIds.length === 1 && rest.name === null ? 'direct' : 'group')
  if (chatType === 'direct') checkDirect(participantIds, body)
  return { chatType, participantIds, ...rest, imported: false }
}

function checkDirect(others: readonly string[], { name, joinPolicy }: z.output<typeof newChatSchema>): void {
  const errors = [
    others.length !== 1 && { path: 'participantIds', message: 'must name exactly one other person for a direct chat' },
    name !== null && { path: 'name', message: 'must be absent: a direct chat shows the other person’s' },
    joinPolicy === 'open' && { path: 'joinPolicy', message: 'cannot be open: nobody joins a direct chat' },
  ].filter((error) => error !== false)
  if (errors.length > 0) throw new ProblemError('validation-failed', { errors })
}
