import { z } from 'zod'
import { idSchema, textSchema } from '../../commands/catalogue/input-schemas.js'
import { commandHeaders, orNotFound, unwrapResult, versionHeader } from '../answers.js'
import { inChatSchema, pageSchema } from '../parameters.js'
import { asProblem } from '../problem-details.js'
import { answer, route } from '../route.js'
import { banShape } from '../shapes/chat-shapes.js'

const MAX_REASON = 1_000

const listBans = route({
  method: 'get',
  path: '/chats/:id/bans',
  summary: 'Users banned from the chat, by whom and why, latest first',
  access: 'chat-admin',
  cost: 2,
  params: inChatSchema,
  query: pageSchema,
  answers: { 200: z.array(banShape) },
  uses: ['queries'],
  async handle({ params: { id }, query: { after, limit }, caller }, { queries }) {
    const { version, answer: bans } = orNotFound(await queries.bans(id, caller.userId, limit, after), 'chat-not-found')
    if (bans.role === 'member') throw asProblem({ code: 'role-too-low' })
    const links = bans.next === null ? {} : { next: { after: bans.next } }
    return answer(200, bans.items, { links, headers: versionHeader(version) })
  },
})

const ban = route({
  method: 'put',
  path: '/chats/:id/bans/:userId',
  summary:
    'Ban a participant of a lower role, who is removed, or any other user. Only owners and admins see the reason',
  access: 'chat-admin',
  params: inChatSchema.extend({ userId: idSchema }),
  body: z.strictObject({ reason: textSchema(MAX_REASON).exactOptional() }),
  answers: { 204: null },
  uses: ['botTokens', 'run'],
  async handle({ params: { id: chatId, userId }, body: { reason = null }, caller }, { run, botTokens }) {
    const banned = unwrapResult(await run('banParticipant', { chatId, userId, reason }, caller))
    await botTokens.unbind(userId, chatId)
    if (reason === null) return answer(204, null, { headers: commandHeaders(banned, caller) })
    // In a stream of its own, and so a command of its own: a repeat, with its key or without, gives what a crash kept from being given.
    const given = unwrapResult(await run('giveBanReason', { chatId, userId, reason }, caller))
    const headers = { ...commandHeaders(banned, caller), 'Parley-Position': given.position }
    return answer(204, null, { headers })
  },
})

const unban = route({
  method: 'delete',
  path: '/chats/:id/bans/:userId',
  summary: 'Unban a user; this does not add them again',
  access: 'chat-admin',
  params: inChatSchema.extend({ userId: idSchema }),
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id: chatId, userId }, caller }, { run }) {
    const result = unwrapResult(await run('unbanParticipant', { chatId, userId }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

export const banRoutes = [listBans, ban, unban]
