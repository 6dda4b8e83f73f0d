import { z } from 'zod'
import { commandHeaders, unwrapResult, orNotAParticipant } from '../answers.js'
import { inChatSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { chatShape, inviteShape } from '../shapes/chat-shapes.js'

/** A year. */
const MAX_SECONDS = 366 * 86_400
const MAX_USES = 100_000

/** Any text of a sensible length: a code that is none of ours is refused as such, not as malformed. */
const codeSchema = z.string().min(1).max(256)

const createInvite = route({
  method: 'post',
  path: '/chats/:id/invites',
  summary: 'Create an invite code; it is shown only here',
  access: 'chat-admin',
  params: inChatSchema,
  body: z.strictObject({
    expiresInSeconds: z.int().min(1).max(MAX_SECONDS).nullable().default(null),
    maxUses: z.int().min(1).max(MAX_USES).nullable().default(null),
  }),
  answers: { 201: inviteShape },
  uses: ['invites', 'publicUrl', 'run'],
  async handle({ params: { id: chatId }, body, caller }, { run, invites, publicUrl }) {
    const result = unwrapResult(await run('createInvite', { chatId, ...body }, caller))
    const code = invites.codeOf(chatId, result.commandId)
    // Behind the `#`, so that no server and no proxy sees it.
    const url = `${publicUrl()}/join#invite=${code}`
    return answer(201, { code, url }, { headers: commandHeaders(result, caller) })
  },
})

const revokeInvite = route({
  method: 'delete',
  path: '/chats/:id/invites/:code',
  summary: 'Revoke an invite; users who joined by it stay',
  access: 'chat-admin',
  params: inChatSchema.extend({ code: codeSchema }),
  answers: { 204: null },
  uses: ['invites', 'run'],
  async handle({ params: { id: chatId, code }, caller }, { run, invites }) {
    // What is no code, or one of another chat, is no invite of this one any more either.
    const invite = invites.read(code)?.invite ?? ''
    const result = unwrapResult(await run('revokeInvite', { chatId, invite }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const joinByInvite = route({
  method: 'post',
  path: '/invites/:code/join',
  summary: 'Join a chat by an invite',
  access: 'user',
  params: z.strictObject({ code: codeSchema }),
  answers: { 200: chatShape },
  uses: ['invites', 'queries', 'reads', 'run'],
  async handle({ params: { code }, caller }, { run, reads, queries, invites }) {
    const link = invites.read(code)
    if (link === null) throw new ProblemError('invite-not-found')
    const result = unwrapResult(await run('joinByInvite', link, caller))
    await reads.written(result.position)
    const now = orNotAParticipant(await queries.chat(link.chatId, caller.userId))
    return answer(200, now.answer, { headers: commandHeaders(result, caller) })
  },
})

export const inviteRoutes = [createInvite, revokeInvite, joinByInvite]
