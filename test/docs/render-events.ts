import { allUpcasters, type AnyEvent } from '../../src/domain/any-event.js'
import { currentSchemaVersion } from '../../src/domain/upcast.js'
import { personalByKey, publicFields } from '../../src/privacy/field-plan.js'
import { personalFields, type Personal } from '../../src/privacy/personal-fields.js'
import { at, samples, streamOf, streamPattern } from '../privacy/samples.js'
import { labelOf, readEventFields, readEventSentences, type EventField } from './event-fields.js'

/** The line at which the part of `docs/events.md` begins that is made from the code. */
export const GENERATED = '## All events'

/** The page with that part generated again, not yet formatted; what comes before it is kept. */
export function renderEventsPage(page: string): string {
  const [head = ''] = page.split(`\n${GENERATED}`)
  const fields = readEventFields()
  const sentences = readEventSentences()
  const sections = types.map((type) => section(type, sentences.get(type) ?? '', fields.get(type) ?? []))
  return [`${head.trimEnd()}\n`, `${GENERATED}\n`, overview, ...sections].join('\n')
}

/** In the order in which the code lists them, kind by kind. */
const types = Object.keys(allUpcasters) as AnyEvent['type'][]

const link = (type: string): string => `[\`${type}\`](#${type.toLowerCase()})`

const overview = [
  '| event | stream | version |',
  '| --- | --- | --- |',
  ...types.map(
    (type) => `| ${link(type)} | \`${streamPattern(type)}\` | ${currentSchemaVersion(allUpcasters, type)} |`,
  ),
  '',
].join('\n')

function section(type: AnyEvent['type'], sentence: string, fields: readonly EventField[]): string {
  const rows = fields.map((field) => [
    `\`${labelOf(field)}\``,
    `\`${field.type}\``,
    whoseOf(type, field.name),
    field.note,
  ])
  return [
    `### ${type}\n`,
    `${sentence}\n`,
    `Stream \`${streamPattern(type)}\`, version ${currentSchemaVersion(allUpcasters, type)}.\n`,
    '| field | type | whose | note |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
    '',
    example(type),
  ].join('\n')
}

const UNDER: Record<Personal['under'], string> = {
  user: '',
  'chat-month': ', of the chat and month',
  'request-month': ', of the month',
  audit: '',
}

function whoseOf(type: AnyEvent['type'], field: string): string {
  const declared = new Map(Object.entries<'public' | Personal>(personalFields[type])).get(field)
  return declared === undefined || declared === 'public'
    ? 'public'
    : declared.under === 'audit'
      ? 'sealed: the audit’s'
      : `sealed: \`${declared.user}\`’s${UNDER[declared.under]}`
}

/** As it is stored, and what its boxes hold. */
function example(type: AnyEvent['type']): string {
  const event = samples[type]
  const boxes = [...personalByKey(streamOf(event), event, at)]
  const sealed = boxes.map(([key]) => ({ key, nonce: '…', box: '…' }))
  const stored = { ...publicFields(event), ...(sealed.length > 0 && { sealed }) }
  return [json(stored), ...boxes.map(([, fields]) => `In the box:\n\n${json(fields)}`)].join('\n')
}

const json = (value: object): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`
