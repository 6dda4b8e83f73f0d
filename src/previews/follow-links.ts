import { linksIn } from '../content/links.js'
import type { EventLog, Page, Position, RecordedEvent } from '../eventstore/event-log.js'
import type { MessageEdited, MessageSent } from '../domain/chat/events.js'
import type { Opened } from '../domain/event.js'
import { positionInLog } from '../followers/follower-position.js'
import { startFollower, type Follower, type FollowerDeps } from '../followers/follower.js'
import type { EventReader, OpenedEvent } from '../privacy/event-reader.js'
import type { Job, Jobs } from './jobs.js'

export interface FollowLinksDeps extends Pick<FollowerDeps, 'report' | 'retryMs'> {
  log: EventLog
  reader: Pick<EventReader, 'open'>
  jobs: Jobs
  clock: () => Date
  /** Told when there is something to look at. */
  onNoted(): void
}

/** Older messages are left alone: nobody wants thousands of pages fetched because a node was away. */
const MAX_AGE_MS = 24 * 60 * 60_000
/** Without links, where it stands is written down only so often; to examine something again does no harm. */
const WRITE_EVERY = 5_000

/**
 * Notes messages with links as they come into the log. Each node has one; the notes are the same whichever node writes them.
 */
export function followLinks(deps: FollowLinksDeps): Follower {
  const { log, jobs, onNoted } = deps
  let unwritten = 0

  /** Where none is known, or one of another log, it begins with what comes next. */
  async function readStart(): Promise<Position> {
    const head = await log.head()
    return positionInLog(log, await jobs.position(head), head)
  }

  async function handle({ events, position }: Page): Promise<void> {
    const found = await messagesWithLinks(events, deps)
    unwritten += events.length
    if (found.length > 0 || unwritten >= WRITE_EVERY) {
      await jobs.note(found, position)
      unwritten = 0
    }
    if (found.length > 0) onNoted()
  }

  return startFollower({
    ...deps,
    name: 'link-previews',
    streamPrefixes: ['chat-'],
    start: (handled) => handled ?? readStart(),
    handle,
  })
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
  const since = new Date(clock().getTime() - MAX_AGE_MS).toISOString()
  return (await reader.open(sent)).flatMap(({ event, stream, version, at, metadata }) => {
    if (!saysSomething(event)) return []
    if (metadata.origin === 'import' || at < since || linksIn(event.content, 1).length === 0) return []
    return [{ stream, version }]
  })
}
