import { z } from 'zod'
import { messageBodySchema } from '../../commands/catalogue/input-schemas.js'
import type { Caller } from '../../commands/run-command.js'
import type { MessagePage } from '../../projections/conversations/query-results.js'
import { rateLimitHeaders } from '../../limits/quota.js'
import { commandHeaders, orNotFound, versionHeader } from '../answers.js'
import { inChatSchema, limitSchema, startSchema } from '../parameters.js'
import { asProblem, ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { frameShape } from '../shapes/frame-shape.js'
import { messageShape } from '../shapes/message-shapes.js'

const send = route({
  method: 'post',
  path: '/chats/:id/messages',
  summary: 'Send a message',
  access: 'participant',
  bots: 'bound',
  countsAs: 'message',
  params: inChatSchema,
  body: messageBodySchema,
  answers: { 201: messageShape },
  uses: ['renderSentMessage', 'sendMessage'],
  async handle({ params: { id: chatId }, body, caller }, { sendMessage, renderSentMessage }) {
    const { content, type: messageType, metadata, replyTo } = body
    const key = oneKey(caller.key, body.clientMessageId)
    const input = {
      chatId,
      messageType,
      content,
      metadata,
      clientMessageId: key?.value ?? null,
      ...(replyTo && { replyTo }),
    }
    const result = await sendMessage(input, { ...caller, key })
    if (result.kind !== 'done' && result.kind !== 'repeated') throw asProblem(result)
    const message = await renderSentMessage(result, chatId, caller.userId)
    const headers = { ...commandHeaders(result, { key }), ...(result.quota && rateLimitHeaders([result.quota])) }
    return answer(201, message, { headers })
  },
})

const pageSchema = z
  .strictObject({
    before: startSchema.optional(),
    after: startSchema.optional(),
    around: startSchema.optional(),
    limit: limitSchema,
  })
  .refine(({ limit: _, ...starts }) => Object.keys(starts).length <= 1, 'takes one of before, after and around')

const history = route({
  method: 'get',
  path: '/chats/:id/messages',
  summary: 'Messages, ascending by seq; without parameters the latest',
  access: 'participant',
  cost: 3,
  bots: 'bound',
  params: inChatSchema,
  query: pageSchema,
  answers: { 200: z.array(messageShape) },
  uses: ['queries'],
  async handle({ params: { id }, query, caller }, { queries }) {
    const found = orNotFound(await queries.messages(id, caller.userId, pageOf(query), query.limit), 'chat-not-found')
    const { messages, older, newer } = found.answer
    const [first, last] = [messages[0], messages.at(-1)]
    const links = {
      ...(newer && last !== undefined && { next: { after: last.seq } }),
      ...(older && first !== undefined && { prev: { before: first.seq } }),
    }
    return answer(200, messages, { links, headers: versionHeader(found.version) })
  },
})

const events = route({
  method: 'get',
  path: '/chats/:id/events',
  summary: 'Events after a version: the same frames as on sockets',
  access: 'participant',
  cost: 3,
  bots: 'bound',
  params: inChatSchema,
  query: z.strictObject({ after: startSchema.prefault(0), limit: limitSchema }),
  answers: { 200: z.array(frameShape) },
  uses: ['pastFrames', 'reads', 'head'],
  async handle({ params: { id }, query: { after, limit }, caller }, { pastFrames, reads, head }) {
    const read = async () => orNotFound(await pastFrames(id, caller.userId, after, limit), 'chat-not-found')
    let page = await read()
    if (page.version < after) {
      await reads.written(await head()) // the client may have it from a node that is further
      page = await read()
    }
    const { frames, version, more } = page
    if (version < after) throw new ProblemError('cursor-ahead')
    const links = more ? { next: { after: version } } : {}
    return answer(200, frames, { links, headers: versionHeader(version) })
  },
})

export const messageRoutes = [send, history, events]

/** A message has one key, wherever it stands. @throws ProblemError `idempotency-key-mismatch` */
function oneKey(header: Caller['key'], clientMessageId: string | undefined): { value: string } | null {
  const inHeader = header !== null && 'value' in header ? header.value : undefined
  const value = clientMessageId ?? inHeader
  if (value === undefined) return null
  if (inHeader !== undefined && inHeader !== value) throw new ProblemError('idempotency-key-mismatch')
  return { value }
}

function pageOf({ before, after, around }: z.output<typeof pageSchema>): MessagePage {
  if (before !== undefined) return { before }
  if (after !== undefined) return { after }
  return around === undefined ? { latest: true } : { around }
}
