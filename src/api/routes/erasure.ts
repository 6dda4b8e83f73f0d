import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { commandHeaders, unwrapResult } from '../answers.js'
import { checkOwnPassword } from '../check-own-password.js'
import type { Parts } from '../parts.js'
import { answer, route } from '../route.js'
import { erasureShape } from '../shapes/user-shapes.js'
import { passwordSchema } from './identity.js'

const eraseMe = route({
  method: 'post',
  path: '/users/me/erasure',
  summary: 'Erase my account and all that I wrote; it cannot be undone',
  access: 'user',
  takesKey: false,
  body: z.strictObject({ password: passwordSchema(1) }),
  answers: { 202: erasureShape },
  uses: ['accountStatuses', 'emailChanges', 'isErased', 'passwordGuard', 'queries', 'run'],
  async handle({ body: { password }, caller, request }, parts) {
    await checkOwnPassword({ caller, request, password }, parts)
    const { userId } = caller
    const result = unwrapResult(await parts.run('requestErasure', { userId }, caller))
    return answer(202, await stateOf(userId, parts), { headers: commandHeaders(result, caller) })
  },
})

const myErasure = route({
  method: 'get',
  path: '/users/me/erasure',
  summary: 'What became of my erasure: also once the account is closed, until my token expires',
  access: 'user',
  closedAccounts: true,
  answers: { 200: erasureShape },
  uses: ['accountStatuses', 'isErased', 'queries'],
  async handle({ caller }, parts) {
    return answer(200, await stateOf(caller.userId, parts))
  },
})

const eraseUser = route({
  method: 'post',
  path: '/users/:id/erasure',
  summary: 'Erase a user and all that they wrote; it cannot be undone',
  access: 'admin',
  params: z.strictObject({ id: idSchema }),
  answers: { 202: erasureShape },
  uses: ['accountStatuses', 'isErased', 'queries', 'run'],
  async handle({ params: { id: userId }, caller }, parts) {
    const result = unwrapResult(await parts.run('requestErasure', { userId }, caller))
    return answer(202, await stateOf(userId, parts), { headers: commandHeaders(result, caller) })
  },
})

async function stateOf(
  userId: string,
  { accountStatuses, isErased, queries }: Pick<Parts, 'accountStatuses' | 'isErased' | 'queries'>,
): Promise<z.infer<typeof erasureShape>> {
  const account = await accountStatuses.of(userId)
  if (!account.isErased) return { status: 'none' }
  if (await isErased(userId)) return { status: 'erased' }
  return { status: account.isHeld || (await queries.isInHeldChat(userId)) ? 'restricted' : 'erasing' }
}

export const erasureRoutes = [eraseMe, myErasure, eraseUser]
