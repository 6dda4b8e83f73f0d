import { z } from 'zod'
import { fromSlackText } from './slack-text.js'

/** What is no text counts as none: senders put all kinds of things there. */
const text = z.string().catch('')
const manyOf = <Item>(item: z.ZodType<Item>) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((given) => given.map((each) => item.safeParse(each)).flatMap(({ data }) => data ?? []))

const blockSchema = z.object({
  text: z.object({ text }).catch({ text: '' }),
  fields: manyOf(z.object({ text })),
  elements: manyOf(z.object({ text })),
})

const attachmentSchema = z.object({
  pretext: text,
  title: text,
  title_link: text,
  text,
  fallback: text,
  fields: manyOf(z.object({ title: text, value: text })),
  blocks: manyOf(blockSchema),
})

const payloadSchema = z.object({ text, blocks: manyOf(blockSchema), attachments: manyOf(attachmentSchema) })

/**
 * What a payload of Slack's incoming webhooks says, as Markdown: its `text`, else its blocks, and after it its attachments. Empty where it
 * says nothing, null where it is none. Takes it as JSON, or in the field `payload` of a form.
 */
export function parseSlackPayload(body: string, isNestedTooDeep: (json: string) => boolean): string | null {
  const json = body.trimStart().startsWith('{') ? body : (new URLSearchParams(body).get('payload') ?? '')
  if (isNestedTooDeep(json)) return null
  const parsed = payloadSchema.safeParse(parseJson(json))
  return parsed.success ? fromSlackText(textOf(parsed.data)) : null
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

const textOf = ({ text: said, blocks, attachments }: z.output<typeof payloadSchema>): string =>
  lines([said === '' ? lines(blocks.map(blockText)) : said, ...attachments.map(attachmentText)])

const blockText = ({ text: said, fields, elements }: z.output<typeof blockSchema>): string =>
  lines([said.text, ...fields.map((field) => field.text), ...elements.map((element) => element.text)])

function attachmentText({ title, title_link: link, ...rest }: z.output<typeof attachmentSchema>): string {
  const heading = link === '' || title === '' ? title : `<${link}|${title}>`
  const fields = rest.fields.map((field) => [field.title, field.value].filter((part) => part !== '').join(': '))
  const said = lines([rest.pretext, heading, rest.text, ...fields, ...rest.blocks.map(blockText)])
  return said === '' ? rest.fallback : said
}

const lines = (parts: readonly string[]): string => parts.filter((part) => part.trim() !== '').join('\n')
