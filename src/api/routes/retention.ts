import { z } from 'zod'
import { MAX_RETENTION_DAYS } from '../../domain/retention.js'
import { commandHeaders, unwrapResult } from '../answers.js'
import { inChatSchema } from '../parameters.js'
import { answer, route } from '../route.js'

const set = route({
  method: 'put',
  path: '/chats/:id/retention',
  summary: 'Set for how many days a chat keeps its messages; null: without end. Older ones show as erased',
  access: 'admin',
  params: inChatSchema,
  body: z.strictObject({ days: z.int().min(1).max(MAX_RETENTION_DAYS).nullable() }),
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id: chatId }, body: { days }, caller }, { run }) {
    const result = unwrapResult(await run('setRetention', { chatId, days }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

export const retentionRoutes = [set]
