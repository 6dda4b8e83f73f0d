import { chatStream } from '../domain/streams.js'
import { maySee, type VersionRange } from '../domain/visibility.js'
import type { EventLog, RecordedEvent } from '../eventstore/event-log.js'
import { BadMacError } from '../privacy/bad-mac-error.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { ChatMembership } from '../projections/conversations/query-results.js'
import { createMeter } from '../projections/conversations/messages/render-page.js'
import { isChatEvent, visibilityVersion, pastFrame, detailsNeeded, type ChatFrame, type Frame } from './frames.js'

export interface FramePage {
  /** Ascending, without a hole: what is not for the viewer is `skipped`. They end before they pass 1 MiB of JSON. */
  frames: Frame[]
  /** The last version covered. */
  version: number
  /** Whether there are events above it. */
  more: boolean
}

/**
 * A chat's events after `afterVersion`, at most `limit`, as far as the viewer may see them; null if they are not a participant.
 * @throws BadMacError the first of them was altered or forged, and not skipped; one that comes later ends the page
 */
export type PastFrames = (
  chatId: string,
  viewer: string,
  afterVersion: number,
  limit: number,
) => Promise<FramePage | null>

export interface PastFramesDeps {
  log: EventLog
  reader: EventReader
  queries: ConversationQueries
  /** Whether an operator had the read model skip an event: it is `skipped` for clients too. */
  isSkipped(recorded: RecordedEvent): Promise<boolean>
}

export function createPastFrames(deps: PastFramesDeps): PastFrames {
  const visibleFrames = createVisibleFrames(deps)
  return async (chatId, viewer, afterVersion, limit) => {
    const chatMembership = await deps.queries.chatMembership(chatId, viewer)
    return chatMembership === null ? null : visibleFrames(chatMembership, afterVersion, limit)
  }
}

/** The same for a known membership: by its visible ranges, and up to its version. */
export type VisibleFrames = (
  chatMembership: Pick<ChatMembership, 'chatId' | 'version' | 'ranges'>,
  afterVersion: number,
  limit: number,
) => Promise<FramePage>

export function createVisibleFrames({ log, reader, queries, isSkipped }: PastFramesDeps): VisibleFrames {
  async function rendered(
    chatId: string,
    recorded: readonly RecordedEvent[],
    ranges: readonly VersionRange[],
  ): Promise<Map<number, Frame>> {
    const opened = (await reader.open(reader.authentic(recorded))).filter(isChatEvent)
    const events = opened.filter((event) => maySee(ranges, visibilityVersion(event)))
    if (events.length === 0) return new Map()
    const details = await queries.pastDetails(chatId, detailsNeeded(events))
    if (details === null) throw new Error(`the read model lacks chat ${chatId}`)
    const frames = events.map((event) => [event.version, pastFrame(event, details)] as const)
    return new Map(frames.filter((entry): entry is [number, ChatFrame] => entry[1] !== null))
  }

  async function upToForged(recorded: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    for (const [index, event] of recorded.entries()) {
      if (reader.isAuthentic(event) || (await isSkipped(event))) continue
      if (index === 0) throw new BadMacError(event)
      return recorded.slice(0, index)
    }
    return recorded
  }

  return async ({ chatId, version, ranges }, afterVersion, limit) => {
    if (afterVersion >= version) return { frames: [], version, more: false }
    const most = Math.min(limit, version - afterVersion)
    const recorded = await upToForged(await log.readStream(chatStream(chatId), { after: afterVersion, limit: most }))
    const last = recorded.at(-1)
    if (last === undefined) throw new Error(`the log lacks events of chat ${chatId} that its read model has`)
    const frames = new Map<number, Frame>()
    const versions: number[] = []
    const meter = createMeter(frameBytesAtMost)
    for (const chunk of inChunks(recorded)) {
      const ofChunk = await rendered(chatId, chunk, ranges)
      for (const event of chunk) {
        const frame = ofChunk.get(event.version)
        if (frame !== undefined && !meter.hasRoomFor(frame) && versions.length > 0)
          return { frames: withSkipped(chatId, versions, frames), version: event.version - 1, more: true }
        if (frame !== undefined) frames.set(event.version, frame)
        versions.push(event.version)
      }
    }
    return { frames: withSkipped(chatId, versions, frames), version: last.version, more: last.version < version }
  }
}

/** What JSON escapes is at most two bytes, another UTF-16 unit at most three. */
const frameBytesAtMost = (frame: Frame): number => 3 * JSON.stringify(frame).length

/** Of the texts of events, in UTF-16 units: what is rendered before it is known whether the page has room for it. */
const MAX_CHUNK = 128 * 1024

/** Small events, which most are, make one. */
function inChunks(events: readonly RecordedEvent[]): RecordedEvent[][] {
  const chunks: RecordedEvent[][] = []
  let size = Infinity
  for (const event of events) {
    size += event.data.length
    if (size > MAX_CHUNK) {
      chunks.push([])
      size = event.data.length
    }
    chunks.at(-1)?.push(event)
  }
  return chunks
}

/** Fills versions that have no frame, with one `skipped` for each run of them. */
export function withSkipped(chatId: string, versions: readonly number[], frames: ReadonlyMap<number, Frame>): Frame[] {
  const all: Frame[] = []
  let skipped: { chatId: string; fromVersion: number; version: number } | null = null
  for (const version of versions) {
    const frame = frames.get(version)
    if (frame !== undefined) {
      all.push(frame)
      skipped = null
    } else if (skipped !== null) {
      skipped.version = version
    } else {
      skipped = { chatId, fromVersion: version, version }
      all.push({ event: 'skipped', payload: skipped })
    }
  }
  return all
}
