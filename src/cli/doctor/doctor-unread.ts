import { parseArgs } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import type { Foundations } from '../../app/foundations.js'
import { countUnread, type Reading } from '../../domain/unread.js'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import { openProjection } from '../../projections/engine/open-projection.js'
import { storedReadings } from '../../projections/conversations/reading/stored-readings.js'
import type { OperatorCommand } from '../operator-command.js'
import { withFoundations } from '../with-core.js'

const PAGE = 5_000

interface Difference {
  chatId: string
  userId: string
  /** Null where the read model, or the log, has no such membership. */
  stored: Reading | null
  computed: Reading | null
}

/** Counts unread messages from the log alone, and lists where the read model differs; also beside a running server. */
export const doctorUnread: OperatorCommand = {
  usage: 'doctor unread [--json]',
  summary: 'count unread messages from the log, and name what the read model has wrong',
  parse(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
    return (config) => withFoundations(config, (foundations) => reportUnread(foundations, values.json))
  },
}

async function reportUnread(foundations: Foundations, json: boolean): Promise<number> {
  const { checked, differences } = await checkUnread(foundations, json)
  process.stdout.write(json ? `${JSON.stringify({ checked, differences })}\n` : report(checked, differences))
  return differences.length === 0 ? 0 : 1
}

async function checkUnread(foundations: Foundations, json: boolean) {
  const { log, databases, projections, reader } = foundations
  const open = await openProjection(databases.main, projections.conversations, log)
  const { readings: stored, checkpoint } = await storedReadings(databases.main, open)
  const bar = createBar(2 * log.countBetween(log.start, checkpoint), json)

  /** Every event up to the checkpoint, in the order of the log. */
  async function eachEvent(take: (recorded: RecordedEvent) => void): Promise<void> {
    let after = log.start
    while (log.comparePositions(after, checkpoint) < 0) {
      const { events, position } = await log.readAll(after, PAGE)
      if (events.length === 0) return
      for (const event of events) if (log.comparePositions(event.position, checkpoint) <= 0) take(event)
      bar?.increment(events.length)
      after = position
    }
  }

  const deletedIds = new Set<string>()
  await eachEvent((recorded) => {
    if (recorded.type !== 'MessageDeleted') return
    const { event } = reader.decode(recorded)
    if (event.type === 'MessageDeleted') deletedIds.add(event.messageId)
  })
  const counts = countUnread(deletedIds)
  await eachEvent((recorded) => {
    if (/^(chat|inbox)-/.test(recorded.stream)) counts.fold(recorded.stream, reader.decode(recorded).event)
  })
  bar?.stop()
  const computed = counts.readings()
  return { checked: computed.size, differences: compare(stored, computed) }
}

function compare(stored: ReadonlyMap<string, Reading>, computed: ReadonlyMap<string, Reading>): Difference[] {
  return [...new Set([...stored.keys(), ...computed.keys()])].flatMap((key) => {
    const [ours, theirs] = [stored.get(key) ?? null, computed.get(key) ?? null]
    if (ours?.readSeq === theirs?.readSeq && ours?.unread === theirs?.unread) return []
    const [chatId = '', userId = ''] = key.split(' ')
    return [{ chatId, userId, stored: ours, computed: theirs }]
  })
}

function createBar(events: number, json: boolean): SingleBar | null {
  if (json || !process.stderr.isTTY) return null
  const bar = new SingleBar(
    { format: '{bar} {percentage}% | {eta_formatted} left', stream: process.stderr },
    Presets.shades_classic,
  )
  bar.start(events, 0)
  return bar
}

const describe = (reading: Reading | null): string =>
  reading === null ? 'nothing' : `read to ${reading.readSeq}, ${reading.unread} unread`

function report(checked: number, differences: readonly Difference[]): string {
  const lines = differences.map(
    ({ chatId, userId, stored, computed }) =>
      `chat ${chatId}, user ${userId}: stored ${describe(stored)}; by the log ${describe(computed)}\n`,
  )
  return `${lines.join('')}${checked} checked, ${differences.length} wrong\n`
}
