import { z } from 'zod'
import { readBodySchema } from '../../commands/catalogue/input-schemas.js'
import { commandHeaders, unwrapResult } from '../answers.js'
import { inChatSchema } from '../parameters.js'
import { answer, route } from '../route.js'

const read = route({
  method: 'put',
  path: '/chats/:id/read',
  summary: 'Mark as read up to a seq; never moves back',
  access: 'participant',
  bots: 'bound',
  params: inChatSchema,
  body: readBodySchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id }, body: { seq, unread }, caller }, { run }) {
    const result = unwrapResult(await run('markRead', { chatId: id, seq, unread }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const mute = route({
  method: 'put',
  path: '/chats/:id/mute',
  summary: 'Mute or unmute a chat for myself',
  access: 'participant',
  params: inChatSchema,
  body: z.strictObject({ muted: z.boolean() }),
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id }, body: { muted }, caller }, { run }) {
    const result = unwrapResult(await run('muteChat', { chatId: id, muted }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const hide = route({
  method: 'put',
  path: '/chats/:id/hide',
  summary: 'Hide a chat from my list until its next message, or show it again',
  access: 'participant',
  params: inChatSchema,
  body: z.strictObject({ hidden: z.boolean() }),
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id }, body: { hidden }, caller }, { run }) {
    const result = unwrapResult(await run('hideChat', { chatId: id, hidden }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

export const inboxRoutes = [read, mute, hide]
