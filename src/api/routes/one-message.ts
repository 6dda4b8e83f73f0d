import { z } from 'zod'
import { editBodySchema, emojiSchema, idSchema } from '../../commands/catalogue/input-schemas.js'
import type { Caller } from '../../commands/run-command.js'
import type { ConversationQueries } from '../../projections/conversations/conversation-queries.js'
import type { AtVersion } from '../../projections/conversations/query-results.js'
import { rateLimitHeaders } from '../../limits/quota.js'
import { commandHeaders, orNotFound, unwrapResult, versionHeader } from '../answers.js'
import { isPinCursor } from '../../projections/conversations/messages/pins.js'
import { cursorSchema, inChatSchema, limitUpTo, pageSchema } from '../parameters.js'
import type { Parts } from '../parts.js'
import { asProblem } from '../problem-details.js'
import { answer, route } from '../route.js'
import { editShape, messageShape, pinShape, reactionShape } from '../shapes.js'

const ofMessageSchema = inChatSchema.extend({ messageId: idSchema })
const reactionSchema = ofMessageSchema.extend({ emoji: emojiSchema })

const message = route({
  method: 'get',
  path: '/chats/:id/messages/:messageId',
  summary: 'One message',
  access: 'participant',
  bots: 'bound',
  params: ofMessageSchema,
  answers: { 200: messageShape },
  async handle({ params: { id, messageId }, caller }, { queries }) {
    const found = await inSight(queries, id, caller, queries.message(id, messageId, caller.userId))
    return answer(200, found.answer, { headers: versionHeader(found.version) })
  },
})

const edit = route({
  method: 'patch',
  path: '/chats/:id/messages/:messageId',
  summary: 'Edit a message; only its author may',
  access: 'author',
  bots: 'bound',
  countsAs: 'message',
  params: ofMessageSchema,
  body: editBodySchema,
  answers: { 200: messageShape },
  async handle({ params: { id, messageId }, body: { content }, caller }, parts) {
    const result = await parts.editMessage({ chatId: id, messageId, content }, caller)
    if (result.kind === 'rejected' || result.kind === 'limited') throw asProblem(result)
    const now = await messageNow(parts, id, messageId, caller, result.position)
    const headers = { ...commandHeaders(result, caller), ...(result.quota && rateLimitHeaders([result.quota])) }
    return answer(200, now, { headers })
  },
})

const remove = route({
  method: 'delete',
  path: '/chats/:id/messages/:messageId',
  summary: 'Delete a message: its author may, and owners and admins of the chat',
  access: 'participant',
  bots: 'bound',
  params: ofMessageSchema,
  answers: { 200: messageShape },
  async handle({ params: { id, messageId }, caller }, parts) {
    const result = unwrapResult(await parts.run('deleteMessage', { chatId: id, messageId }, caller))
    return answer(200, await messageNow(parts, id, messageId, caller, result.position), {
      headers: commandHeaders(result, caller),
    })
  },
})

const history = route({
  method: 'get',
  path: '/chats/:id/messages/:messageId/history',
  summary: 'All versions of the text of a message, the current one last',
  access: 'participant',
  cost: 3,
  bots: 'bound',
  params: ofMessageSchema,
  query: pageSchema,
  answers: { 200: z.array(editShape) },
  async handle({ params: { id, messageId }, query: { limit, after }, caller }, { queries }) {
    const found = await inSight(queries, id, caller, queries.edits(id, messageId, caller.userId, limit, after))
    const { items, next } = found.answer
    const links = next === null ? {} : { next: { after: next } }
    return answer(200, items, { links, headers: versionHeader(found.version) })
  },
})

const reactions = route({
  method: 'get',
  path: '/chats/:id/messages/:messageId/reactions',
  summary: 'Reactions, and who gave them',
  access: 'participant',
  cost: 3,
  bots: 'bound',
  params: ofMessageSchema,
  answers: { 200: z.array(reactionShape) },
  async handle({ params: { id, messageId }, caller }, { queries }) {
    const found = await inSight(queries, id, caller, queries.reactions(id, messageId, caller.userId))
    return answer(200, found.answer, { headers: versionHeader(found.version) })
  },
})

const reacting = (on: boolean) =>
  route({
    method: on ? 'put' : 'delete',
    path: '/chats/:id/messages/:messageId/reactions/:emoji',
    summary: on ? 'React with an emoji' : 'Remove a reaction',
    access: 'participant',
    bots: 'bound',
    params: reactionSchema,
    answers: { 204: null },
    async handle({ params: { id: chatId, messageId, emoji }, caller }, { run }) {
      const result = unwrapResult(await run('react', { chatId, messageId, emoji, on }, caller))
      return answer(204, null, { headers: commandHeaders(result, caller) })
    },
  })

const pins = route({
  method: 'get',
  path: '/chats/:id/pins',
  summary: 'Pinned messages, the last pinned first',
  access: 'participant',
  cost: 3,
  bots: 'bound',
  params: inChatSchema,
  query: z.strictObject({ limit: limitUpTo(100), after: cursorSchema(isPinCursor).nullable().default(null) }),
  answers: { 200: z.array(pinShape) },
  async handle({ params: { id }, query: { limit, after }, caller }, { queries }) {
    const found = orNotFound(await queries.pins(id, caller.userId, limit, after), 'chat-not-found')
    const { items, next } = found.answer
    const links = next === null ? {} : { next: { after: next } }
    return answer(200, items, { links, headers: versionHeader(found.version) })
  },
})

const pinning = (on: boolean) =>
  route({
    method: on ? 'put' : 'delete',
    path: '/chats/:id/pins/:messageId',
    summary: on ? 'Pin a message' : 'Unpin a message',
    access: 'participant',
    bots: 'bound',
    params: ofMessageSchema,
    answers: { 204: null },
    async handle({ params: { id: chatId, messageId }, caller }, { run }) {
      const result = unwrapResult(await run('pinMessage', { chatId, messageId, on }, caller))
      return answer(204, null, { headers: commandHeaders(result, caller) })
    },
  })

export const oneMessageRoutes = [
  message,
  edit,
  remove,
  history,
  reactions,
  reacting(true),
  reacting(false),
  pins,
  pinning(true),
  pinning(false),
]

/** Who is outside learns of the chat only that it is not theirs. @throws ProblemError */
async function inSight<Found>(
  queries: ConversationQueries,
  chatId: string,
  caller: Caller,
  asked: Promise<AtVersion<Found> | null>,
): Promise<AtVersion<Found>> {
  const found = await asked
  if (found === null) orNotFound(await queries.chatMembership(chatId, caller.userId), 'chat-not-found')
  return orNotFound(found, 'message-not-found')
}

/** The message as a command has left it. */
async function messageNow({ reads, queries }: Parts, chatId: string, messageId: string, caller: Caller, at: string) {
  await reads.written(at)
  return (await inSight(queries, chatId, caller, queries.message(chatId, messageId, caller.userId))).answer
}
