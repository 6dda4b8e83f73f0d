import { chatStream } from '../domain/streams.js'
import { applyEvents } from '../projections/conversations/apply-events.js'
import type { ApplyContext } from '../projections/conversations/part.js'
import { replayedParts } from '../projections/conversations/parts.js'
import type { Moment } from './moment.js'
import { isBy } from './moment.js'
import { hideExpiredFields } from '../privacy/hide-expired-fields.js'
import { readRetention } from './read-retention.js'
import { readHistory, type HistoryDeps, type SkippedPositions } from './read-history.js'

/** The last event that a replay holds. */
export interface ReplayedTo {
  version: number
  position: string
  /** Its recorded time. */
  recordedAt: string
}

export type NotReplayed = 'chat-not-found' | 'not-created-yet' | 'unknown-version'

export interface FillDeps extends HistoryDeps {
  /** Of the conversations projection. */
  skipped: SkippedPositions
  clock: () => Date
}

/**
 * Applies a chat's history up to a moment, without what is past the chat's present retention. Where there is nothing to show, why.
 * @throws BadMacError
 */
export async function fillChat(
  chatId: string,
  moment: Moment,
  context: ApplyContext,
  deps: FillDeps,
): Promise<ReplayedTo | NotReplayed> {
  const { log, reader, skipped, clock } = deps
  const retentionDays = await readRetention(chatId, deps)
  const now = clock()
  const stream = chatStream(chatId)
  let last: ReplayedTo | null = null
  for await (const page of readHistory(stream, isBy(moment, log), deps)) {
    const events = await reader.open(page.filter(({ position }) => !skipped.has(position)))
    const shown = events.map((event) => hideExpiredFields(event, retentionDays, now))
    await applyEvents(shown, replayedParts, context)
    const end = page.at(-1)
    if (end === undefined) continue
    const { version, position } = end
    last = { version, position, recordedAt: reader.decode(end).metadata.at }
  }
  if (last === null)
    return (await log.readStream(stream, { limit: 1 })).length === 0 ? 'chat-not-found' : 'not-created-yet'
  return 'version' in moment && last.version < moment.version ? 'unknown-version' : last
}
