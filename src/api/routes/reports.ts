import { z } from 'zod'
import { newReportId } from '../../commands/command-id.js'
import { idSchema, textSchema } from '../../commands/catalogue/input-schemas.js'
import { isTimeCursor } from '../../projections/conversations/time-cursor.js'
import { commandHeaders, orNotFound, unwrapResult } from '../answers.js'
import { cursorSchema, inChatSchema, limitSchema } from '../parameters.js'
import type { Parts } from '../parts.js'
import { answer, route } from '../route.js'
import { ownReportShape, reportShape } from '../shapes/message-shapes.js'

const MAX_WORDS = 1_000

const report = route({
  method: 'post',
  path: '/chats/:id/messages/:messageId/reports',
  summary: 'Report a message to the admins; nobody else sees it. While my report is open, the same report is answered',
  access: 'participant',
  params: inChatSchema.extend({ messageId: idSchema }),
  body: z.strictObject({ reason: textSchema(MAX_WORDS) }),
  answers: { 201: ownReportShape },
  uses: ['queries', 'reads', 'run'],
  async handle({ params: { id: chatId, messageId }, body: { reason }, caller }, { run, reads, queries }) {
    const result = unwrapResult(await run('reportMessage', { chatId, messageId, reason }, caller))
    const headers = commandHeaders(result, caller)
    const id = newReportId(result.commandId)
    if (result.kind === 'done')
      return answer(201, { id, messageId, chatId, createdAt: result.events[0]?.at ?? '' }, { headers })
    await reads.written(result.position)
    const known = result.kind === 'repeated' ? id : null
    return answer(201, orNotFound(await queries.ownReport(messageId, caller.userId, known), 'report-not-found'), {
      headers,
    })
  },
})

/**
 * Messages of chats in which the admin takes no part are shown by virtue of the role; the audit issue records each such read before its
 * answer leaves.
 */
const list = route({
  method: 'get',
  path: '/reports',
  summary: 'Reports, newest first, each with its reporter and the message as it is now',
  access: 'admin',
  cost: 3,
  query: z.strictObject({
    status: z.enum(['open', 'settled']).nullable().default(null),
    after: cursorSchema(isTimeCursor).nullable().default(null),
    limit: limitSchema,
  }),
  answers: { 200: z.array(reportShape) },
  uses: ['queries'],
  async handle({ query: { status, after, limit } }, { queries }) {
    const { items, next } = await queries.reports(status, limit, after)
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

const settle = route({
  method: 'post',
  path: '/reports/:id/settle',
  summary: 'Settle a report with an outcome; the first outcome is kept',
  access: 'admin',
  params: z.strictObject({ id: idSchema }),
  body: z.strictObject({ outcome: textSchema(MAX_WORDS) }),
  answers: { 204: null },
  uses: ['head', 'queries', 'reads', 'run'],
  async handle({ params: { id: reportId }, body: { outcome }, caller }, parts) {
    const chatId = await chatOf(reportId, parts)
    const result = unwrapResult(await parts.run('settleReport', { chatId, reportId, outcome }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

export const reportRoutes = [report, list, settle]

/** That there is no such report is said only by a read model that knows all that was in the log. @throws ProblemError */
async function chatOf(reportId: string, { queries, reads, head }: Pick<Parts, 'queries' | 'reads' | 'head'>) {
  const known = await queries.chatOfReport(reportId)
  if (known !== null) return known
  await reads.written(await head())
  return orNotFound(await queries.chatOfReport(reportId), 'report-not-found')
}
