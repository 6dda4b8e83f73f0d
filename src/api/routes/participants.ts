import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import type { ResultOf } from '../../commands/run-command.js'
import type { ConversationQueries } from '../../projections/conversations/conversation-queries.js'
import { isParticipantCursor } from '../../projections/conversations/memberships/membership-queries.js'
import type { ParticipantView } from '../../projections/conversations/views.js'
import { commandHeaders, orNotFound, unwrapResult, orNotAParticipant, versionHeader } from '../answers.js'
import { cursorSchema, inChatSchema, limitSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { chatShape, participantShape } from '../shapes/chat-shapes.js'

const roleSchema = z.enum(['owner', 'admin', 'member'])

const listParticipants = route({
  method: 'get',
  path: '/chats/:id/participants',
  summary: 'Participants, in the order in which they joined',
  access: 'participant',
  cost: 2,
  bots: 'bound',
  params: inChatSchema,
  query: z.strictObject({ after: cursorSchema(isParticipantCursor).nullable().default(null), limit: limitSchema }),
  answers: { 200: z.array(participantShape) },
  uses: ['queries'],
  async handle({ params: { id }, query: { after, limit }, caller }, { queries }) {
    const found = orNotFound(await queries.participants(id, caller.userId, limit, after), 'chat-not-found')
    const { items, next } = found.answer
    const links = next === null ? {} : { next: { after: next } }
    return answer(200, items, { links, headers: versionHeader(found.version) })
  },
})

const join = route({
  method: 'post',
  path: '/chats/:id/join',
  summary: 'Join an open chat',
  access: 'open-chat',
  params: inChatSchema,
  answers: { 200: chatShape },
  uses: ['queries', 'reads', 'run'],
  async handle({ params: { id }, caller }, { run, reads, queries }) {
    const result = unwrapResult(await run('joinChat', { chatId: id }, caller))
    await reads.written(result.position)
    const now = orNotAParticipant(await queries.chat(id, caller.userId))
    return answer(200, now.answer, { headers: commandHeaders(result, caller) })
  },
})

const leave = route({
  method: 'post',
  path: '/chats/:id/leave',
  summary: 'Leave a group',
  access: 'participant',
  params: inChatSchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id }, caller }, { run }) {
    const result = unwrapResult(await run('leaveChat', { chatId: id }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const add = route({
  method: 'post',
  path: '/chats/:id/participants',
  summary: 'Add one user or several; existing participants stay as they are',
  access: 'participant',
  params: inChatSchema,
  body: z
    .strictObject({
      userId: idSchema.optional(),
      userIds: z.array(idSchema).min(1).max(200).optional(),
      role: roleSchema.default('member'),
    })
    .refine(({ userId, userIds }) => (userId === undefined) !== (userIds === undefined), 'takes userId or userIds'),
  answers: {
    200: z.union([participantShape, z.array(participantShape)]),
    201: z.union([participantShape, z.array(participantShape)]),
  },
  uses: ['queries', 'reads', 'run'],
  async handle({ params: { id: chatId }, body: { userId = '', userIds, role }, caller }, { run, reads, queries }) {
    const ids = [...new Set(userIds ?? [userId])]
    const pathOf = (unknown: string) => (userIds === undefined ? 'userId' : `userIds[${userIds.indexOf(unknown)}]`)
    const result = unwrapResult(await run('addParticipants', { chatId, userIds: ids, role }, caller), pathOf)
    await reads.written(result.position)
    const added = await participantsThen(queries, chatId, caller.userId, ids, lastVersion(result, ids.length))
    const status = result.kind === 'unchanged' ? 200 : 201
    const body = userIds === undefined ? orNotAParticipant(added[0] ?? null) : added
    return answer(status, body, { headers: commandHeaders(result, caller) })
  },
})

const remove = route({
  method: 'delete',
  path: '/chats/:id/participants/:userId',
  summary: 'Remove a participant of a lower role; removing oneself is leaving',
  access: 'chat-admin',
  params: inChatSchema.extend({ userId: idSchema }),
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id, userId }, caller }, { run }) {
    const result = unwrapResult(await run('removeParticipant', { chatId: id, userId }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const changeRole = route({
  method: 'patch',
  path: '/chats/:id/participants/:userId',
  summary: 'Change the role of a participant of a lower role, up to my own; or lower my own',
  access: 'chat-admin',
  params: inChatSchema.extend({ userId: idSchema }),
  body: z.strictObject({ role: roleSchema }),
  answers: { 200: participantShape },
  uses: ['queries', 'reads', 'run'],
  async handle({ params: { id: chatId, userId }, body: { role }, caller }, { run, reads, queries }) {
    const result = unwrapResult(await run('changeParticipantRole', { chatId, userId, role }, caller))
    await reads.written(result.position)
    const [now = null] = await participantsThen(queries, chatId, caller.userId, [userId], Infinity)
    return answer(200, orNotFound(now, 'participant-not-found'), { headers: commandHeaders(result, caller) })
  },
})

export const participantRoutes = [listParticipants, join, leave, add, remove, changeRole]

type Added = Exclude<ResultOf<'addParticipants'>, { kind: 'rejected' }>

/** The version by which all whom a command named were in: that of its last event, where that is known. */
function lastVersion(result: Added, named: number): number {
  if (result.kind === 'unchanged') return Infinity
  return result.kind === 'repeated' ? result.version + named - 1 : (result.events.at(-1)?.version ?? Infinity)
}

/** The named as they stood at that version of the chat, or at its last one where it has not come so far. */
async function participantsThen(
  queries: ConversationQueries,
  chatId: string,
  viewer: string,
  userIds: readonly string[],
  wanted: number,
): Promise<ParticipantView[]> {
  const { version: last } = orNotAParticipant(await queries.chatMembership(chatId, viewer))
  const version = Math.min(wanted, last)
  const participantsAt = userIds.map((userId) => ({ userId, version }))
  const details = orNotAParticipant(await queries.pastDetails(chatId, { chat: true, messageIds: [], participantsAt }))
  return userIds.flatMap((userId) => details.participants.get(`${userId} ${version}`) ?? [])
}
