import { z } from 'zod'
import { idSchema, textSchema } from '../../commands/catalogue/input-schemas.js'
import type { Caller } from '../../commands/run-command.js'
import { commandHeaders, unwrapResult } from '../answers.js'
import type { Parts } from '../parts.js'
import { answer, route } from '../route.js'

const paramsSchema = z.strictObject({ kind: z.enum(['user', 'chat']), id: idSchema })
const bodySchema = z.strictObject({ reason: textSchema(1_000) })

type Hold = z.infer<typeof paramsSchema> & z.infer<typeof bodySchema> & { on: boolean }

const place = route({
  method: 'put',
  path: '/holds/:kind/:id',
  summary: 'Place a legal hold on a user or a chat: nothing of it is erased until the hold ends',
  access: 'admin',
  params: paramsSchema,
  body: bodySchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params, body, caller }, { run }) {
    return setHold({ ...params, ...body, on: true }, caller, run)
  },
})

const end = route({
  method: 'delete',
  path: '/holds/:kind/:id',
  summary: 'End a legal hold; erasures that it delayed are completed',
  access: 'admin',
  params: paramsSchema,
  body: bodySchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params, body, caller }, { run }) {
    return setHold({ ...params, ...body, on: false }, caller, run)
  },
})

async function setHold({ kind, id, on, reason }: Hold, caller: Caller, run: Parts['run']) {
  const result =
    kind === 'user'
      ? await run('setUserHold', { userId: id, on, reason }, caller)
      : await run('setChatHold', { chatId: id, on, reason }, caller)
  return answer(204, null, { headers: commandHeaders(unwrapResult(result), caller) })
}

export const holdRoutes = [place, end]
