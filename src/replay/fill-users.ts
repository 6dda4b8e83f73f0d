import pLimit from 'p-limit'
import { userStream } from '../domain/streams.js'
import type { RecordedEvent } from '../eventstore/event-log.js'
import { applyEvents } from '../projections/conversations/apply-events.js'
import type { ApplyContext, EventType } from '../projections/conversations/part.js'
import { usersPart } from '../projections/conversations/users/users.js'
import type { FillDeps } from './fill-chat.js'
import type { IsBy } from './moment.js'
import { readHistory } from './read-history.js'

const PROFILE_EVENTS: ReadonlySet<string> = new Set<EventType>(['UserRegistered', 'ProfileChanged'])

/** Streams that are read at once. */
const AT_ONCE = 4

/** Applies what these users were called, and showed of themselves, by then. The last event of each that had any. */
export async function fillUsers(
  userIds: readonly string[],
  isBy: IsBy,
  context: ApplyContext,
  deps: FillDeps,
): Promise<RecordedEvent[]> {
  const limit = pLimit(AT_ONCE)
  const lasts = await Promise.all(userIds.map((userId) => limit(() => fillUser(userId, isBy, context, deps))))
  return lasts.flatMap((last) => last ?? [])
}

async function fillUser(
  userId: string,
  isBy: IsBy,
  context: ApplyContext,
  deps: FillDeps,
): Promise<RecordedEvent | null> {
  let last: RecordedEvent | null = null
  for await (const page of readHistory(userStream(userId), isBy, deps)) {
    const wanted = page.filter(({ type, position }) => PROFILE_EVENTS.has(type) && !deps.skipped.has(position))
    await applyEvents(await deps.reader.open(wanted), [usersPart], context)
    last = page.at(-1) ?? last
  }
  return last
}
