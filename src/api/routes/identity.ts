import { z } from 'zod'
import { nameSchema } from '../../commands/catalogue/input-schemas.js'
import type { AuthenticatedAccount } from '../../identity/accounts/accounts.js'
import type { RequestInfo } from '../../domain/client-info.js'
import { isEmail, isSimpleEmail } from '../../identity/accounts/email.js'
import { weaknessOf } from '../../identity/passwords/weak-password.js'
import { secretTokenSchema } from '../../identity/secret-token.js'
import type { Parts } from '../parts.js'
import { asProblem, ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { refreshedShape, sessionShape } from '../shapes/user-shapes.js'
import { ownUser } from './users.js'

export const emailSchema = z.string().refine(isEmail, 'is not an e-mail address').meta({ format: 'email' })

/** Of an account that may be older than the rules for new addresses. */
export const knownEmailSchema = z
  .string()
  .refine((email) => isEmail(email) || isSimpleEmail(email), 'is not an e-mail address')
  .meta({ format: 'email' })

export const passwordSchema = (leastBytes: number) =>
  z
    .string()
    .refine((password) => Buffer.byteLength(password) >= leastBytes, `is shorter than ${leastBytes} bytes`)
    .refine((password) => Buffer.byteLength(password) <= 256, 'is longer than 256 bytes')

/** What `openSession` uses. */
const OPENING_SESSION = ['accountStatuses', 'accounts', 'clock', 'ownWrites', 'queries', 'reads', 'sessions'] as const

const register = route({
  method: 'post',
  path: '/auth/register',
  summary: 'Register, and log in; `invite` is what an invite’s link holds',
  access: 'anyone',
  body: z
    .strictObject({
      email: emailSchema,
      password: passwordSchema(8),
      name: nameSchema,
      invite: secretTokenSchema.optional(),
    })
    .superRefine(({ password, ...owner }, context) => {
      const message = weaknessOf(password, owner)
      if (message !== null) context.addIssue({ code: 'custom', path: ['password'], message })
    }),
  answers: { 201: sessionShape },
  uses: [...OPENING_SESSION, 'passwordGuard', 'registrationGuard'],
  async handle({ body, request }, parts) {
    const register = () => parts.passwordGuard(body, request, () => parts.accounts.register(body, request))
    const registered = await parts.registrationGuard(body.email, request, register)
    if ('code' in registered || 'retryAfterMs' in registered) throw asProblem(registered)
    const { session, headers } = await openSession(registered, request, parts)
    return answer(201, session, { headers })
  },
})

const login = route({
  method: 'post',
  path: '/auth/login',
  summary: 'Log in',
  access: 'anyone',
  body: z.strictObject({ email: knownEmailSchema, password: passwordSchema(1) }),
  answers: { 200: sessionShape },
  uses: [...OPENING_SESSION, 'passwordGuard'],
  async handle({ body, request }, parts) {
    const account = await parts.passwordGuard(body, request, () => parts.accounts.login(body, request))
    if ('code' in account || 'retryAfterMs' in account) throw asProblem(account)
    const { session, headers } = await openSession(account, request, parts)
    return answer(200, session, { headers })
  },
})

const refresh = route({
  method: 'post',
  path: '/auth/refresh',
  summary:
    'Exchange a refresh token for new tokens; repeated with the same Idempotency-Key within 60 s, it gives the same ones again',
  access: 'anyone',
  takesKey: true,
  body: z.strictObject({ refreshToken: secretTokenSchema }),
  answers: { 200: refreshedShape },
  uses: ['clock', 'sessions'],
  async handle({ body, request, clientKey }, { sessions, clock }) {
    const granted = await sessions.refresh(body.refreshToken, clientKey(), request)
    if ('code' in granted) throw asProblem(granted)
    const { accessToken, refreshToken, expiresAt, repeated } = granted
    const tokens = { accessToken, refreshToken, expiresInSeconds: secondsUntil(expiresAt, clock()) }
    return answer(200, tokens, { headers: repeated ? { 'Idempotency-Replayed': 'true' } : {} })
  },
})

export const identityRoutes = [register, login, refresh]

/** The user is read first: where they cannot be read yet, no session is opened that nobody would have. */
async function openSession(
  account: AuthenticatedAccount,
  request: RequestInfo,
  parts: Pick<Parts, (typeof OPENING_SESSION)[number]>,
) {
  const { sessions, accountStatuses, clock, ownWrites, reads } = parts
  if (!(await accountStatuses.of(account.userId)).isActive) throw new ProblemError('account-deactivated')
  const registeredAt = ownWrites.of(account.userId)
  if (registeredAt !== null) await reads.written(registeredAt)
  const user = await ownUser(account.userId, parts)
  const granted = await sessions.open(account, request)
  if (granted === null) throw new ProblemError('invalid-credentials')
  const { accessToken, refreshToken, expiresAt } = granted
  const position = ownWrites.of(account.userId)
  return {
    session: { user, accessToken, refreshToken, expiresInSeconds: secondsUntil(expiresAt, clock()) },
    headers: position === null ? {} : { 'Parley-Position': position },
  }
}

const secondsUntil = (end: Date, now: Date): number => Math.ceil((end.getTime() - now.getTime()) / 1_000)
