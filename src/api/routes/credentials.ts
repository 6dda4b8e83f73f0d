import { z } from 'zod'
import { secretTokenSchema } from '../../identity/secret-token.js'
import { checkOwnPassword, whoIs } from '../check-own-password.js'
import { asProblem, ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { emailSchema, knownEmailSchema, passwordSchema } from './identity.js'

const changePassword = route({
  method: 'post',
  path: '/auth/password',
  summary: 'Change my password, and end my other sessions',
  access: 'user',
  takesKey: false,
  body: z.strictObject({ currentPassword: passwordSchema(1), newPassword: passwordSchema(8) }),
  answers: { 204: null },
  uses: ['passwordChanges', 'passwordGuard'],
  async handle({ body, caller, request }, { passwordChanges, passwordGuard }) {
    const change = async () => (await passwordChanges.change({ ...body, ...whoIs(caller) }, request)) ?? {}
    const refused = await passwordGuard({ userId: caller.userId }, request, change)
    if ('code' in refused || 'retryAfterMs' in refused) throw passwordProblem(refused)
    return answer(204, null)
  },
})

const askReset = route({
  method: 'post',
  path: '/auth/password-reset',
  summary: 'Mail a link to reset the password; the answer does not tell whether the address is registered',
  access: 'anyone',
  body: z.strictObject({ email: knownEmailSchema }),
  answers: { 202: null },
  uses: ['background', 'passwordChanges'],
  handle({ body }, { passwordChanges, background }) {
    background.run('reset-password', () => passwordChanges.sendReset(body.email))
    return Promise.resolve(answer(202, null))
  },
})

const reset = route({
  method: 'post',
  path: '/auth/password-reset/confirm',
  summary:
    'Set a new password with the token of a mailed link; ends all sessions, and the tokens of my bots unless `keepBots=true`',
  access: 'anyone',
  query: z.strictObject({ keepBots: z.enum(['true', 'false']).default('false') }),
  body: z.strictObject({ token: secretTokenSchema, newPassword: passwordSchema(8) }),
  answers: { 204: null },
  uses: ['passwordChanges'],
  async handle({ query, body, request }, { passwordChanges }) {
    const refused = await passwordChanges.reset({ ...body, keepBots: query.keepBots === 'true' }, request)
    if (refused !== null) throw passwordProblem(refused)
    return answer(204, null)
  },
})

const changeEmail = route({
  method: 'post',
  path: '/auth/email',
  summary:
    'Mail a link to a new address, and a notice to the old one; to my current address: the link that confirms it',
  access: 'user',
  takesKey: false,
  body: z.strictObject({ password: passwordSchema(1), newEmail: emailSchema }),
  answers: { 202: null },
  uses: ['background', 'emailChanges', 'passwordGuard'],
  async handle({ body: { password, newEmail }, caller, request }, parts) {
    const account = await checkOwnPassword({ caller, request, password }, parts)
    parts.background.run('change-email', () => parts.emailChanges.request({ ...whoIs(caller), newEmail, account }))
    return answer(202, null)
  },
})

const confirmEmail = route({
  method: 'post',
  path: '/auth/email/confirm',
  summary: 'Confirm an address with the token of a mailed link; a new address replaces the old one',
  access: 'anyone',
  body: z.strictObject({ token: secretTokenSchema }),
  answers: { 204: null },
  uses: ['emailChanges'],
  async handle({ body: { token } }, { emailChanges }) {
    const refused = await emailChanges.confirm(token)
    if (refused !== null) throw asProblem(refused)
    return answer(204, null)
  },
})

export const credentialRoutes = [changePassword, askReset, reset, changeEmail, confirmEmail]

/** A weak password is a fault of the field; all else has a code of its own. */
function passwordProblem(refused: object): ProblemError {
  if (!('reason' in refused)) return asProblem(refused)
  return new ProblemError('validation-failed', { errors: [{ path: 'newPassword', message: String(refused.reason) }] })
}
