import { cleanPayloadText } from './clean-payload-text.js'
import { joined, stringOf, textOf, type Fields } from './payload-fields.js'
import { attachmentsText } from './slack-attachments.js'
import { blocksText } from './slack-blocks.js'
import { plainText } from './slack-text.js'

/**
 * A payload of Slack's incoming webhooks as Markdown: its blocks, or where they are empty its `text`; then its attachments. Empty where
 * it holds no text, null where it is no payload. Takes it as JSON, or in the field `payload` of a form.
 */
export function parseSlackPayload(body: string, isNestedTooDeep: (json: string) => boolean): string | null {
  const json = body.trimStart().startsWith('{') ? body : (new URLSearchParams(body).get('payload') ?? '')
  if (isNestedTooDeep(json)) return null
  const payload = parseJson(json)
  if (payload === null) return null
  const { text, blocks, attachments, mrkdwn } = payload
  const fallback = mrkdwn === false ? plainText(stringOf(text)) : typeof text === 'string' ? textOf(text) : ''
  return cleanPayloadText(joined([blocksText(blocks) || fallback, attachmentsText(attachments)]))
}

function parseJson(json: string): Fields | null {
  try {
    const parsed: unknown = JSON.parse(json)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Fields) : null
  } catch {
    return null
  }
}
