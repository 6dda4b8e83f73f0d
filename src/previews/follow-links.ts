import { setTimeout as sleep } from 'node:timers/promises'
import { linksIn } from '../content/links.js'
import { UnknownPositionError, type EventLog, type Position, type RecordedEvent } from '../eventstore/event-log.js'
import type { MessageEdited, MessageSent } from '../domain/chat/events.js'
import type { Opened } from '../domain/event.js'
import type { EventReader, OpenedEvent } from '../privacy/event-reader.js'
import type { Job, Jobs } from './jobs.js'

export interface FollowLinksDeps {
  log: EventLog
  reader: Pick<EventReader, 'open'>
  jobs: Jobs
  clock: () => Date
  /** Told when there is something to look at. */
  onNoted(): void
  /** Told once for each failure, not for its repeats. */
  onFailure(error: unknown): void
  /** Pause after the first failure, doubling up to 30 s; 500 ms by default. */
  retryMs?: number
}

/** Older messages are left alone: nobody wants thousands of pages fetched because a node was away. */
const MOST_AGE_MS = 24 * 60 * 60_000
/** Without links, where it stands is written down only so often; to examine something again does no harm. */
const WRITE_EVERY = 5_000

/**
 * Notes messages with links as they come into the log. Each node has one; the notes are the same whoever writes them. Until the
 * signal ends it.
 */
export async function followLinks(deps: FollowLinksDeps, signal: AbortSignal): Promise<void> {
  const { log, jobs, onNoted, onFailure, retryMs = 500 } = deps
  let position: Position | null = null
  let failures = 0

  async function follow(): Promise<void> {
    position ??= await startingPosition(log, jobs)
    let unwritten = 0
    for await (const page of log.follow(position, { streamPrefixes: ['chat-'], signal })) {
      const found = await messagesWithLinks(page.events, deps)
      unwritten += page.events.length
      if (found.length > 0 || unwritten >= WRITE_EVERY) {
        await jobs.note(found, page.position)
        unwritten = 0
      }
      if (found.length > 0) onNoted()
      position = page.position
      failures = 0
    }
  }

  while (!signal.aborted) {
    try {
      await follow()
    } catch (error) {
      if (failures++ === 0) onFailure(error)
      await sleep(Math.min(30_000, retryMs * 2 ** (failures - 1)), undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Where none is known, or one of another log, it begins with what comes next. */
async function startingPosition(log: EventLog, jobs: Jobs): Promise<Position> {
  const head = await log.head()
  const known = await jobs.position(head)
  try {
    log.comparePositions(known, head)
    return known
  } catch (error) {
    if (error instanceof UnknownPositionError) return head
    throw error
  }
}

/** A message, or what was put in its place, where it can still be read. */
export const saysSomething = (
  event: OpenedEvent['event'],
): event is Opened<MessageSent | MessageEdited> & { content: string } =>
  (event.type === 'MessageSent' || event.type === 'MessageEdited') && event.content !== null

/** Not those of an import: they are not news. */
async function messagesWithLinks(
  events: readonly RecordedEvent[],
  { reader, clock }: Pick<FollowLinksDeps, 'reader' | 'clock'>,
): Promise<Job[]> {
  const sent = events.filter(({ type }) => type === 'MessageSent' || type === 'MessageEdited')
  if (sent.length === 0) return []
  const since = new Date(clock().getTime() - MOST_AGE_MS).toISOString()
  return (await reader.open(sent)).flatMap(({ event, stream, version, at, metadata }) => {
    if (!saysSomething(event)) return []
    if (metadata.origin === 'import' || at < since || linksIn(event.content, 1).length === 0) return []
    return [{ stream, version }]
  })
}
