import { z } from 'zod'
import { newWebhookId } from '../../commands/command-id.js'
import { createIncomingWebhook } from '../../commands/catalogue/incoming-webhooks.js'
import { idSchema, nameSchema } from '../../commands/catalogue/input-schemas.js'
import { parseTarget } from '../../outbound/target-url.js'
import { chatFrameNames } from '../../realtime/frames.js'
import { commandHeaders, orNotFound, unwrapResult, orNotAParticipant, versionHeader } from '../answers.js'
import { inChatSchema } from '../parameters.js'
import { asProblem, ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { incomingUrl } from './hooks.js'
import { newIncomingWebhookShape, newWebhookShape, replayShape, webhookShape } from '../shapes/webhook-shapes.js'

const MAX_URL = 2_048
const MAX_VERSION = 2 ** 31 - 1

const inWebhookSchema = inChatSchema.extend({ webhookId: idSchema })

/** What is said of it beyond its form, whoever delivers will find out: names may lead elsewhere by then. */
const urlSchema = z
  .string()
  .max(MAX_URL)
  .transform((text, context) => {
    const target = parseTarget(text)
    if (target !== null) return target.url.href
    context.addIssue({ code: 'custom', message: 'must be http or https, on port 80 or 443, without credentials' })
    return z.NEVER
  })

const eventsSchema = z
  .array(z.enum(chatFrameNames))
  .transform((names) => chatFrameNames.filter((name) => names.includes(name)))
  .meta({ description: 'names of events as sockets know them; empty for all' })

const outgoingSchema = z.strictObject({
  direction: z.literal('out').optional(),
  url: urlSchema,
  events: eventsSchema.default([]),
  name: nameSchema.nullable().default(null),
})

const incomingSchema = z.strictObject({ direction: z.literal('in'), name: nameSchema })

const create = route({
  method: 'post',
  path: '/chats/:id/webhooks',
  summary:
    'Create a webhook that sends events of the chat, as far as I may see them, to a URL; or, with `direction` in, one whose URL takes messages ' +
    'for the chat. The secret is shown only here',
  access: 'chat-admin',
  params: inChatSchema,
  body: z.discriminatedUnion('direction', [outgoingSchema, incomingSchema]),
  answers: { 201: z.union([newWebhookShape, newIncomingWebhookShape]) },
  uses: ['flags', 'publicUrl', 'queries', 'reads', 'run', 'webhooks'],
  async handle({ params: { id: chatId }, body, caller }, parts) {
    const { flags, run, reads, queries } = parts
    if (!(await flags.isOn('webhooks', caller.userId))) throw new ProblemError('feature-off')
    const result = unwrapResult(
      body.direction === 'in'
        ? await createIncomingWebhook(run, { chatId, name: body.name }, caller)
        : await run('createWebhook', { chatId, ...body, direction: 'out' }, caller),
    )
    await reads.written(result.position)
    const id = newWebhookId(result.commandId)
    const { answer: webhook } = orNotAParticipant(await queries.webhook(chatId, caller.userId, id))
    const shown =
      body.direction === 'in'
        ? { ...webhook, url: incomingUrl(id, parts) }
        : { ...webhook, secret: parts.webhooks.secrets.secretOf(id) }
    return answer(201, shown, { headers: commandHeaders(result, caller) })
  },
})

const list = route({
  method: 'get',
  path: '/chats/:id/webhooks',
  summary: 'Webhooks of the chat; only its owners and admins see the URLs',
  access: 'participant',
  params: inChatSchema,
  answers: { 200: z.array(webhookShape) },
  uses: ['queries', 'webhooks'],
  async handle({ params: { id }, caller }, { queries, webhooks }) {
    const found = orNotFound(await queries.webhooks(id, caller.userId), 'chat-not-found')
    const { items, role } = found.answer
    const headers = versionHeader(found.version)
    if (role === 'member') {
      const shown = items.map((webhook) => ({ ...webhook, url: null, delivery: null }))
      return answer(200, shown, { headers })
    }
    const states = await webhooks.deliveries.states(items.map((webhook) => webhook.id))
    const shown = items.map((webhook) => ({ ...webhook, delivery: states.get(webhook.id) ?? null }))
    return answer(200, shown, { headers })
  },
})

const remove = route({
  method: 'delete',
  path: '/chats/:id/webhooks/:webhookId',
  summary: 'Delete a webhook; the bot of an incoming one is removed',
  access: 'chat-admin',
  params: inWebhookSchema,
  answers: { 204: null },
  uses: ['queries', 'run'],
  async handle({ params: { id: chatId, webhookId }, caller }, { run, queries }) {
    const result = unwrapResult(await run('deleteWebhook', { chatId, webhookId }, caller))
    const userId = (await queries.incomingWebhook(webhookId))?.botId
    // It is deaf and dumb by now; where the chat does not let it go, it stays.
    if (userId !== undefined) await run('removeParticipant', { chatId, userId }, { ...caller, key: null })
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const replay = route({
  method: 'post',
  path: '/chats/:id/webhooks/:webhookId/replay',
  summary:
    'Deliver the events after a version of the chat again, as they are now and as far back as its creator may see',
  access: 'chat-admin',
  takesKey: false, // not idempotent: asking again starts again
  params: inWebhookSchema,
  body: z.strictObject({ afterVersion: z.int().min(0).max(MAX_VERSION) }),
  answers: { 202: replayShape },
  uses: ['webhooks'],
  async handle({ params: { id: chatId, webhookId }, body: { afterVersion }, caller }, { webhooks }) {
    const result = await webhooks.replay({ chatId, webhookId, afterVersion, by: caller.userId })
    if (result.kind === 'rejected') throw asProblem(result)
    return answer(202, { afterVersion: result.afterVersion })
  },
})

export const webhookRoutes = [create, list, remove, replay]
