import { z } from 'zod'
import { messageBodySchema } from '../../commands/catalogue/input-schemas.js'
import type { IncomingWebhook } from '../../commands/catalogue/incoming-webhooks.js'
import { MAX_NESTED } from '../../commands/catalogue/nesting.js'
import type { SendMessage } from '../../commands/submit-message.js'
import { MAX_MESSAGE_LENGTH, normaliseText } from '../../domain/text.js'
import { parseSlackPayload } from '../../webhooks/slack-payload.js'
import { splitText } from '../../webhooks/split-text.js'
import { commandHeaders } from '../answers.js'
import { isNestedDeeper } from '../nested-text.js'
import type { Parts } from '../parts.js'
import { asProblem } from '../problem-details.js'
import { answer, route } from '../route.js'

const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8' }

/** In code points: the text of one payload, which becomes up to five messages. */
const MAX_TEXT_LENGTH = 40_000

/** Refusals as Slack words them, for senders that know its answers. */
const NO_SERVICE = { status: 404, text: 'no_service' } as const

const PROHIBITED = { status: 403, text: 'action_prohibited' } as const

const refusals = {
  'validation-failed': { status: 400, text: 'invalid_payload' },
  'message-empty': { status: 400, text: 'no_text' },
  'message-too-long': { status: 400, text: 'msg_too_long' },
  'content-refused': PROHIBITED,
  'not-a-participant': NO_SERVICE,
  'chat-archived': { status: 410, text: 'channel_is_archived' },
} as const

type Refusal = (typeof refusals)[keyof typeof refusals]

const receive = route({
  method: 'post',
  path: '/hooks/:webhookId/:secret',
  summary: 'Send messages by an incoming webhook, in the form of Slack: JSON, or a form with the field `payload`',
  access: 'anyone',
  params: z.strictObject({ webhookId: z.string(), secret: z.string() }),
  body: z.string().catch(''),
  bodyAs: 'text',
  answers: { 200: z.string(), 400: z.string(), 403: z.string(), 404: z.string(), 410: z.string(), 429: z.string() },
  uses: ['head', 'queries', 'reads', 'security', 'sendMessage', 'webhooks'],
  async handle({ params: { webhookId, secret }, body, request, clientKey }, parts) {
    const { ip, userAgent, correlationId } = request
    if (!parts.webhooks.incoming.secrets.isRight(webhookId, secret)) {
      parts.security.record({ type: 'token-refused', ip, userAgent })
      return refusal(NO_SERVICE)
    }
    const messages = messagesOf(body)
    if ('text' in messages) return refusal(messages)
    const [content, ...further] = messages.contents
    const webhook = await find(webhookId, parts)
    if (webhook === null || !(await parts.webhooks.incoming.maySpeak(webhook))) return refusal(NO_SERVICE)
    if (!(await parts.webhooks.incoming.isOn(webhook.creatorId))) return refusal(PROHIBITED)
    const given = clientKey()
    const key = given === null ? null : { value: given }
    const { chatId, botId: userId } = webhook
    const client = { session: webhookId, ip, userAgent }
    const result = await parts.sendMessage(
      {
        chatId,
        messageType: 'text',
        content,
        metadata: null,
        clientMessageId: given,
        ...(further.length > 0 && { more: further.map((part) => ({ content: part })) }),
      },
      { userId, origin: 'rest', correlationId, key, client },
    )
    const refused = refusalOf(result)
    if (refused !== null) return refused
    if (result.kind !== 'done' && result.kind !== 'repeated') throw asProblem(result)
    return answer(200, 'ok', { headers: { ...PLAIN, ...commandHeaders(result, { key }) } })
  },
})

export const hookRoutes = [receive]

/** The URL to which others post. */
export const incomingUrl = (
  webhookId: string,
  { publicUrl, webhooks }: Pick<Parts, 'publicUrl' | 'webhooks'>,
): string => new URL(`/hooks/${webhookId}/${webhooks.incoming.secrets.secretOf(webhookId)}`, publicUrl()).href

const refusal = ({ status, text }: Refusal) => answer(status, text, { headers: PLAIN })

/** The payload as messages, which one command sends. */
function messagesOf(body: string): { contents: [string, ...string[]] } | Refusal {
  const content = parseSlackPayload(body, (json) => isNestedDeeper(Buffer.from(json), MAX_NESTED))
  if (content === null) return refusals['validation-failed']
  const whole = normaliseText(content, MAX_TEXT_LENGTH)
  if (!whole.ok) return refusals[whole.fault === 'empty' ? 'message-empty' : 'message-too-long']
  const parts = splitText(whole.text, MAX_MESSAGE_LENGTH).map((part) => messageBodySchema.safeParse({ content: part }))
  const [first, ...rest] = parts.flatMap(({ data }) => data?.content ?? [])
  return first === undefined ? refusals['message-empty'] : { contents: [first, ...rest] }
}

function refusalOf(result: Awaited<ReturnType<SendMessage>>) {
  if (result.kind === 'limited') {
    const seconds = Math.max(1, Math.ceil(result.retryAfterMs / 1_000))
    return answer(429, 'rate_limited', { headers: { ...PLAIN, 'Retry-After': String(seconds) } })
  }
  if (result.kind !== 'rejected' || !isRefused(result.rejection.code)) return null
  return refusal(refusals[result.rejection.code])
}

const isRefused = (code: string): code is keyof typeof refusals => Object.hasOwn(refusals, code)

/** Only those who were given the URL come this far, so the webhook exists, perhaps further on in the log than this node has read. */
async function find(
  webhookId: string,
  { queries, reads, head }: Pick<Parts, 'queries' | 'reads' | 'head'>,
): Promise<IncomingWebhook | null> {
  const known = await queries.incomingWebhook(webhookId)
  if (known === null) await reads.written(await head())
  const found = known ?? (await queries.incomingWebhook(webhookId))
  return found === null ? null : { webhookId, ...found }
}
