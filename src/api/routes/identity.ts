import { z } from 'zod'
import { textSchema } from '../../commands/input-schemas.js'
import { isEmail } from '../../identity/email.js'
import type { Parts } from '../parts.js'
import { asProblem } from '../problem-details.js'
import { answer, route } from '../route.js'
import { sessionShape } from '../shapes.js'
import { ownUser } from './users.js'

const emailSchema = z.string().refine(isEmail, 'is no e-mail address').meta({ format: 'email' })

const passwordSchema = (leastBytes: number) =>
  z
    .string()
    .refine((password) => Buffer.byteLength(password) >= leastBytes, `is shorter than ${leastBytes} bytes`)
    .refine((password) => Buffer.byteLength(password) <= 256, 'is longer than 256 bytes')

const register = route({
  method: 'post',
  path: '/auth/register',
  summary: 'Register, and log in',
  access: 'anyone',
  body: z.strictObject({ email: emailSchema, password: passwordSchema(8), name: textSchema(255) }),
  answers: { 201: sessionShape },
  async handle({ body, client }, parts) {
    const registered = await parts.passwordGuard(body, client, () => parts.accounts.register(body))
    if ('code' in registered || 'retryAfterMs' in registered) throw asProblem(registered)
    const { session, headers } = await openSession(registered.userId, parts)
    return answer(201, session, { headers })
  },
})

const login = route({
  method: 'post',
  path: '/auth/login',
  summary: 'Log in',
  access: 'anyone',
  body: z.strictObject({ email: emailSchema, password: passwordSchema(1) }),
  answers: { 200: sessionShape },
  async handle({ body, client }, parts) {
    const account = await parts.passwordGuard(body, client, () => parts.accounts.login(body))
    if ('code' in account || 'retryAfterMs' in account) throw asProblem(account)
    const { session, headers } = await openSession(account.userId, parts)
    return answer(200, session, { headers })
  },
})

export const identityRoutes = [register, login]

async function openSession(userId: string, parts: Parts) {
  const { tokens, sessions, clock, ownWrites, reads } = parts
  const now = clock()
  const { token, expiresAt } = tokens.issue({ userId, sessionId: sessions.newId(), roles: [], authTime: now })
  const position = ownWrites.of(userId)
  if (position !== null) await reads.written(position)
  return {
    session: {
      user: await ownUser(userId, parts),
      accessToken: token,
      refreshToken: null,
      expiresInSeconds: Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000),
    },
    headers: position === null ? {} : { 'Parley-Position': position },
  }
}
