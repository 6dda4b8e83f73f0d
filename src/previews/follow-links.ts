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
  reader: Pick<EventReader, 'open' | 'authentic'>
  jobs: Jobs
  clock: () => Date
  /** Called when there are new jobs. */
  onNoted(): void
}

/** Older messages get no previews, so that a node which was away does not fetch thousands of pages. */
const MAX_AGE_MS = 24 * 60 * 60_000
/** Without links, the position is written only every so many events; examining some of them again does no harm. */
const WRITE_EVERY = 5_000

/** Adds a job for each new message with links. Every node does; the jobs are the same whichever node adds them. */
export function followLinks(deps: FollowLinksDeps): Follower {
  const { log, jobs, onNoted } = deps
  let unwritten = 0

  /** Without a position of this log it begins at the end. */
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

/** Whether it is a message, or an edit of one, whose author was not erased. */
export const isReadableMessage = (
  event: OpenedEvent['event'],
): event is Opened<MessageSent | MessageEdited> & { content: string } =>
  (event.type === 'MessageSent' || event.type === 'MessageEdited') && event.content !== null

/** Imported messages get no previews, and forged ones neither. */
async function messagesWithLinks(
  events: readonly RecordedEvent[],
  { reader, clock }: Pick<FollowLinksDeps, 'reader' | 'clock'>,
): Promise<Job[]> {
  const sent = reader.authentic(events.filter(({ type }) => type === 'MessageSent' || type === 'MessageEdited'))
  if (sent.length === 0) return []
  const since = new Date(clock().getTime() - MAX_AGE_MS).toISOString()
  return (await reader.open(sent)).flatMap(({ event, stream, version, at, metadata }) => {
    if (!isReadableMessage(event)) return []
    if (metadata.origin === 'import' || at < since || linksIn(event.content, 1).length === 0) return []
    return [{ stream, version, userId: event.senderId }]
  })
}
