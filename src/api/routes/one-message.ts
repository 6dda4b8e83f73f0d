import { z } from 'zod'
import { editBodySchema } from '../../commands/catalogue/input-schemas.js'
import type { Caller } from '../../commands/run-command.js'
import { rateLimitHeaders } from '../../limits/quota.js'
import { commandHeaders, unwrapResult, versionHeader } from '../answers.js'
import { visibleMessage } from '../visible-message.js'
import { ofMessageSchema, pageSchema } from '../parameters.js'
import type { Parts } from '../parts.js'
import { asProblem } from '../problem-details.js'
import { answer, route } from '../route.js'
import { editShape, messageShape } from '../shapes/message-shapes.js'

const message = route({
  method: 'get',
  path: '/chats/:id/messages/:messageId',
  summary: 'One message',
  access: 'participant',
  bots: 'bound',
  params: ofMessageSchema,
  answers: { 200: messageShape },
  uses: ['queries'],
  async handle({ params: { id, messageId }, caller }, { queries }) {
    const found = await visibleMessage(queries, id, caller, queries.message(id, messageId, caller.userId))
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
  uses: ['editMessage', 'queries', 'reads'],
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
  uses: ['queries', 'reads', 'run'],
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
  uses: ['queries'],
  async handle({ params: { id, messageId }, query: { limit, after }, caller }, { queries }) {
    const found = await visibleMessage(queries, id, caller, queries.edits(id, messageId, caller.userId, limit, after))
    const { items, next } = found.answer
    const links = next === null ? {} : { next: { after: next } }
    return answer(200, items, { links, headers: versionHeader(found.version) })
  },
})

export const oneMessageRoutes = [message, edit, remove, history]

/** The message as a command has left it. */
async function messageNow(
  { reads, queries }: Pick<Parts, 'queries' | 'reads'>,
  chatId: string,
  messageId: string,
  caller: Caller,
  at: string,
) {
  await reads.written(at)
  return (await visibleMessage(queries, chatId, caller, queries.message(chatId, messageId, caller.userId))).answer
}
