import { z } from 'zod'
import { isPinCursor } from '../../projections/conversations/messages/pins.js'
import { commandHeaders, orNotFound, unwrapResult, versionHeader } from '../answers.js'
import { cursorSchema, inChatSchema, limitUpTo, ofMessageSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { pinShape } from '../shapes/message-shapes.js'

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
  uses: ['queries'],
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
    uses: ['run'],
    async handle({ params: { id: chatId, messageId }, caller }, { run }) {
      const result = unwrapResult(await run('pinMessage', { chatId, messageId, on }, caller))
      return answer(204, null, { headers: commandHeaders(result, caller) })
    },
  })

export const pinRoutes = [pins, pinning(true), pinning(false)]
