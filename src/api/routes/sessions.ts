import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import type { Caller } from '../../commands/run-command.js'
import type { Actor } from '../../identity/sessions/session-event-outbox.js'
import { secretTokenSchema } from '../../identity/secret-token.js'
import { isSessionCursor } from '../../identity/sessions/session-list.js'
import { cursorSchema, limitSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { openSessionShape } from '../shapes/user-shapes.js'

const logout = route({
  method: 'post',
  path: '/auth/logout',
  summary: 'End this session: that of the access token, or that of the refresh token in the body',
  access: 'either',
  body: z.strictObject({ refreshToken: secretTokenSchema.optional() }),
  answers: { 204: null },
  uses: ['sessions'],
  async handle({ body: { refreshToken }, caller, request }, { sessions }) {
    const session = refreshToken === undefined ? sessionOf(caller) : await sessions.ofRefreshToken(refreshToken)
    // A token that is not known has no session left to end.
    if (session !== null) {
      const { userId, sessionId } = session
      const revocation = { userId, which: { only: sessionId }, reason: 'logout', by: userId } as const
      await sessions.revoke(revocation, { ...request, sessionId })
    }
    return answer(204, null)
  },
})

const list = route({
  method: 'get',
  path: '/auth/sessions',
  summary: 'My sessions that can still be used, the last used first',
  access: 'user',
  query: z.strictObject({ after: cursorSchema(isSessionCursor).nullable().default(null), limit: limitSchema }),
  answers: { 200: z.array(openSessionShape) },
  uses: ['sessions'],
  async handle({ query, caller }, { sessions }) {
    const { items, next } = await sessions.list(caller.userId, caller.client?.session ?? null, query)
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

const end = route({
  method: 'delete',
  path: '/auth/sessions/:id',
  summary: 'End one of my sessions',
  access: 'user',
  takesKey: false,
  params: z.strictObject({ id: idSchema }),
  answers: { 204: null },
  uses: ['sessions'],
  async handle({ params: { id }, caller, request }, { sessions }) {
    const { userId } = caller
    if ((await sessions.ownerOf(id)) !== userId) throw new ProblemError('session-not-found')
    await sessions.revoke({ userId, which: { only: id }, reason: 'revoked', by: userId }, actorOf(caller, request))
    return answer(204, null)
  },
})

const endOthers = route({
  method: 'delete',
  path: '/auth/sessions',
  summary: 'End all my sessions but this one',
  access: 'user',
  takesKey: false,
  query: z.strictObject({ except: z.literal('current') }),
  answers: { 204: null },
  uses: ['sessions'],
  async handle({ caller, request }, { sessions }) {
    const { userId } = caller
    const actor = actorOf(caller, request)
    await sessions.revoke({ userId, which: { except: actor.sessionId }, reason: 'revoked', by: userId }, actor)
    return answer(204, null)
  },
})

export const sessionRoutes = [logout, list, end, endOthers]

function sessionOf(caller: Caller | null): { userId: string; sessionId: string } | null {
  return caller?.client ? { userId: caller.userId, sessionId: caller.client.session } : null
}

const actorOf = ({ client }: Caller, request: Omit<Actor, 'sessionId'>): Actor => ({
  ...request,
  sessionId: client?.session ?? null,
})
