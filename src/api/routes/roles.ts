import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { accountRoles } from '../../domain/roles/events.js'
import type { Revocation } from '../../identity/sessions/session-end.js'
import { commandHeaders, orNotFound, unwrapResult } from '../answers.js'
import { answer, route } from '../route.js'
import { accountShape } from '../shapes/user-shapes.js'
import { accountOf } from '../show-accounts.js'

const paramsSchema = z.strictObject({ id: idSchema })

const changeRoles = route({
  method: 'put',
  path: '/users/:id/roles',
  summary: 'Set the roles of a user; their access tokens must be refreshed',
  access: 'admin',
  params: paramsSchema,
  body: z.strictObject({ roles: z.array(z.enum(accountRoles)).max(accountRoles.length) }),
  answers: { 200: accountShape },
  uses: ['accountStatuses', 'addresses', 'queries', 'run'],
  async handle({ params: { id: userId }, body: { roles }, caller }, parts) {
    const result = unwrapResult(await parts.run('changeRoles', { userId, change: { to: roles } }, caller))
    const account = orNotFound(await accountOf(userId, parts), 'user-not-found')
    return answer(200, account, { headers: commandHeaders(result, caller) })
  },
})

const deactivate = route({
  method: 'post',
  path: '/users/:id/deactivate',
  summary: 'Deactivate an account: no login, no sessions',
  access: 'admin',
  params: paramsSchema,
  answers: { 204: null },
  uses: ['botTokens', 'run', 'sessions'],
  async handle({ params: { id: userId }, caller, request }, { run, sessions, botTokens }) {
    const result = unwrapResult(await run('deactivateUser', { userId }, caller))
    await botTokens.endAll(userId)
    await sessions.revoke(allOf(userId, caller.userId), { ...request, sessionId: null })
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const reactivate = route({
  method: 'post',
  path: '/users/:id/reactivate',
  summary: 'Reactivate an account; earlier sessions stay revoked',
  access: 'admin',
  params: paramsSchema,
  answers: { 204: null },
  uses: ['accountStatuses', 'botTokens', 'run', 'sessions'],
  async handle({ params: { id: userId }, caller, request }, { run, sessions, botTokens, accountStatuses }) {
    // Once more before it opens: a crash may have come between the two steps of its closing.
    if (!(await accountStatuses.of(userId)).isActive) {
      await botTokens.endAll(userId)
      await sessions.revoke(allOf(userId, caller.userId), { ...request, sessionId: null })
    }
    const result = unwrapResult(await run('reactivateUser', { userId }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

/** ClientInfo the admin did it stands beside `UserDeactivated`, under their own key. */
const allOf = (userId: string, by: string): Revocation => ({
  userId,
  which: { except: null },
  reason: 'deactivated',
  by,
})

export const roleRoutes = [changeRoles, deactivate, reactivate]
