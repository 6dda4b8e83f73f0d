import { createBoundedCache } from '../async/bounded-cache.js'
import { createCacheUse, type CacheUse } from '../async/cache-use.js'
import { CommandFault } from '../commands/pipeline/command-fault.js'
import type { AnyEvent } from '../domain/any-event.js'
import type { Opened } from '../domain/event.js'
import type { EventLog, Position } from '../eventstore/event-log.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { UserRef } from '../projections/conversations/views.js'
import type { Progress } from '../followers/progress.js'
import { unknownUser } from './frames.js'

const TYPES = [
  'UserRegistered',
  'ProfileChanged',
  'UserErasureRequested',
  'UserErased',
] as const satisfies AnyEvent['type'][]

/** An event that changes how a user is shown. */
type UserEvent = Extract<Opened<AnyEvent>, { type: (typeof TYPES)[number] }>

export const isOfUser = (event: Opened<AnyEvent>): event is UserEvent => concernsUser(event)

/** Whether an event is one of these. */
export const concernsUser = ({ type }: Pick<AnyEvent, 'type'>): boolean =>
  (TYPES as readonly AnyEvent['type'][]).includes(type)

/** Names and avatars of users, as they are at the last event that this node has seen or made: never older. Bounded. */
export interface UserCache {
  /** Where `note` must begin: a follower that begins later would miss changes. */
  readonly since: Position
  /**
   * All users asked for; unknown ones without name and avatar.
   * @throws CommandFault `projection-behind` when the read model does not get there in time
   */
  get(userIds: readonly string[], waiting?: Parameters<Progress['reached']>[1]): Promise<Map<string, UserRef>>
  /** Takes an event about a user, in log order. */
  note(event: UserEvent, position: Position): void
  /** A command on this node changed the user, by events up to `position`. */
  changedAt(userId: string, position: Position): void
  readonly cacheUse: Readonly<CacheUse>
}

export interface UserCacheDeps {
  queries: Pick<ConversationQueries, 'people'>
  /** Of conversations. */
  progress: Progress
  comparePositions: EventLog['comparePositions']
  since: Position
  /** Most users cached. */
  most?: number
}

/** `user` is null if only a read at or after `at` is recent enough. */
interface Entry {
  user: UserRef | null
  at: Position
}

export function createUserCache(deps: UserCacheDeps): UserCache {
  const { queries, progress, comparePositions, since, most = 50_000 } = deps
  const entries = createBoundedCache<string, Entry>(most)
  const cacheUse = createCacheUse()
  const isAfter = (a: Position, b: Position): boolean => comparePositions(a, b) > 0
  /** Of the last change seen of any user: a read from there on is right for all, including those evicted from the cache. */
  let lastChange = since

  function change(userId: string, position: Position, user: UserRef | null): void {
    if (isAfter(position, lastChange)) lastChange = position
    entries.set(userId, { user, at: position })
  }

  async function load(userIds: readonly string[], waiting: Parameters<Progress['reached']>[1]): Promise<void> {
    const at = lastChange
    for (const userId of userIds) if (!entries.has(userId)) entries.set(userId, { user: null, at })
    if (!(await progress.reached(at, waiting))) throw new CommandFault('projection-behind')
    const { people, checkpoint } = await queries.people(userIds)
    for (const userId of userIds) {
      const entry = entries.get(userId)
      // One changed since, or evicted and so perhaps changed since, is read again.
      if (entry === undefined || isAfter(entry.at, checkpoint) || entry.user !== null) continue
      entries.set(userId, { user: people.get(userId) ?? unknownUser(userId), at: checkpoint })
    }
  }

  return {
    since,
    cacheUse,

    async get(userIds, waiting) {
      const found = new Map<string, UserRef>()
      let missed = 0
      for (;;) {
        const missing: string[] = []
        for (const userId of new Set(userIds)) {
          const user = found.get(userId) ?? entries.get(userId)?.user
          if (user) found.set(userId, user)
          else missing.push(userId)
        }
        if (missing.length === 0) {
          cacheUse.hits += Math.max(0, found.size - missed)
          cacheUse.misses += missed
          return found
        }
        missed += missing.length
        await load(missing, waiting)
      }
    },

    note(event, position) {
      const known = entries.get(event.userId)
      if (known !== undefined && !isAfter(position, known.at)) return
      change(event.userId, position, changed(known?.user ?? null, event))
    },

    changedAt(userId, position) {
      const known = entries.get(userId)
      if (known === undefined || isAfter(position, known.at)) change(userId, position, null)
    },
  }
}

function changed(user: UserRef | null, event: UserEvent): UserRef | null {
  if (event.type === 'UserRegistered')
    return { id: event.userId, name: event.name, avatarUrl: null, isBot: event.ownerId !== undefined }
  if (user === null) return null
  if (event.type === 'UserErased' || event.type === 'UserErasureRequested')
    return { ...user, name: null, avatarUrl: null }
  const { name = user.name, avatarUrl = user.avatarUrl } = event
  return { ...user, name, avatarUrl }
}
