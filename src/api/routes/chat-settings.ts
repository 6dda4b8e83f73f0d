import { z } from 'zod'
import { nameSchema } from '../../commands/catalogue/input-schemas.js'
import { commandHeaders, unwrapResult, orNotAParticipant } from '../answers.js'
import { inChatSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { chatShape } from '../shapes/chat-shapes.js'

const change = route({
  method: 'patch',
  path: '/chats/:id',
  summary: 'Change the name, history visibility or join policy of a group',
  access: 'chat-admin',
  params: inChatSchema,
  body: z.strictObject({
    name: nameSchema.nullable().exactOptional(),
    historyVisibility: z.enum(['full', 'since-joined']).exactOptional(),
    joinPolicy: z.enum(['invite', 'open']).exactOptional(),
  }),
  answers: { 200: chatShape },
  uses: ['queries', 'reads', 'run'],
  async handle({ params: { id: chatId }, body, caller }, { run, reads, queries }) {
    const result = unwrapResult(await run('changeChat', { chatId, change: body }, caller))
    await reads.written(result.position)
    const now = orNotAParticipant(await queries.chat(chatId, caller.userId))
    return answer(200, now.answer, { headers: commandHeaders(result, caller) })
  },
})

const archive = route({
  method: 'post',
  path: '/chats/:id/archive',
  summary: 'Archive a group: it can be read, but not changed',
  access: 'chat-admin',
  params: inChatSchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id: chatId }, caller }, { run }) {
    const result = unwrapResult(await run('archiveChat', { chatId }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const unarchive = route({
  method: 'post',
  path: '/chats/:id/unarchive',
  summary: 'Unarchive a group',
  access: 'chat-admin',
  params: inChatSchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id: chatId }, caller }, { run }) {
    const result = unwrapResult(await run('unarchiveChat', { chatId }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

export const chatSettingsRoutes = [change, archive, unarchive]
