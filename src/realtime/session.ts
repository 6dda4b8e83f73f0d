import { CommandFault } from '../commands/pipeline/command-fault.js'
import type { EventLog, Position } from '../eventstore/event-log.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { ChatMembership } from '../projections/conversations/query-results.js'
import type { Progress } from '../followers/progress.js'
import { goLive } from './audience.js'
import { drained } from './connection.js'
import type { Frame } from './frames.js'
import type { Hub, Keeping } from './hub.js'
import type { FramesInSight } from './past-frames.js'
import type { Cursors, RealtimeSocket } from './protocol.js'
import { chatIn, chatRoom, userRoom } from './rooms.js'

/** Who missed more of a chat pages its history instead. */
const MAX_MISSED = 1_000
const PAGE_FRAMES = 100

/** For each chat asked for, how many events the client has missed. */
export type Behind = Record<string, number>

/** One socket's way into its rooms, and back into them. */
export interface Session {
  /** Gives what the cursors missed, says `ready`, and goes live. Never rejects. */
  enter(cursors: Cursors): Promise<void>
  /** Gives what these cursors missed, and goes on. @throws CommandFault `too-busy` while it is still on its way */
  sync(cursors: Cursors, tell: (behind: Behind) => void): Promise<void>
}

export interface SessionDeps {
  log: Pick<EventLog, 'start' | 'comparePositions' | 'head'>
  hub: Hub
  queries: Pick<ConversationQueries, 'chatMemberships'>
  /** Of conversations. */
  progress: Progress
  framesInSight: FramesInSight
  /** How long each step may take: the read model, the hub, the client's reading. */
  stepMs?: number
}

/** How a socket comes into its rooms. */
type Passage =
  | { kind: 'first'; cursors: Cursors }
  /** It has the chats that it `held` up to the moment in which the keeping began. */
  | { kind: 'again'; cursors: Cursors; held: readonly string[]; tell(behind: Behind): void }
  | { kind: 'over' }

/**
 * - **on its way**: live events are kept for it, bounded. One snapshot, not older than the first of them, gives its chats, what it may
 *   see of each, and each chat's version; the log gives what its cursors missed up to there. When the hub has come as far as
 *   the snapshot, what it kept above that follows, memberships carried on event by event, and it enters its rooms: all in one
 *   moment, so that no event falls between, and none comes twice.
 * - **live**: the hub gives it what its rooms get, and moves it between them.
 * - **on its way again** (`sync`): it leaves its rooms and does the same, but has the chats without a cursor as they were.
 *
 * When more is kept than it holds, it starts over, and each chat is told by `resync` where to go on. When the way fails, the socket is
 * in no room and `onLost` must end it.
 */
export function createSession(socket: RealtimeSocket, deps: SessionDeps, onLost: (fault: unknown) => void): Session {
  const { log, hub, queries, progress, framesInSight, stepMs = 10_000 } = deps
  const { userId } = socket.data.claims
  const gone = new AbortController()
  socket.once('disconnect', () => gone.abort())
  let isOnItsWay = false

  const give = (frames: Iterable<Frame>): void => {
    for (const { event, payload } of frames) socket.emit(event, payload)
  }

  const waiting = { timeoutMs: stepMs, signal: gone.signal }
  const inTime = async (reached: Promise<boolean>): Promise<void> => {
    if (!(await reached)) throw new CommandFault('projection-behind')
  }

  /** Where a cursor is ahead of this node, the client comes from one that knew more: this one has to come as far first. */
  async function snapshot(since: Position, cursors: Cursors) {
    await inTime(progress.reached(since, waiting))
    const chatMemberships = await queries.chatMemberships(userId)
    if (!isAhead(cursors, chatMemberships.chats)) return chatMemberships
    await progress.reached(await log.head(), waiting)
    return queries.chatMemberships(userId)
  }

  async function catchUp(chatMembership: ChatMembership, cursor: number): Promise<void> {
    const { version } = chatMembership
    if (cursor > version || version - cursor > MAX_MISSED) {
      give([resync(chatMembership)])
      return
    }
    for (let after = cursor; after < version;) {
      const page = await framesInSight(chatMembership, after, PAGE_FRAMES)
      give(page.frames)
      after = page.version
      await drained(socket.conn, AbortSignal.any([gone.signal, AbortSignal.timeout(stepMs)]))
    }
  }

  /** False where more came meanwhile than could be kept. */
  async function pass(passage: Passage, keeping: Keeping): Promise<boolean> {
    const cursors = passage.kind === 'over' ? {} : passage.cursors
    const { chats, checkpoint } = await snapshot(keeping.since, cursors)
    const asked = chats.filter(({ chatId }) => cursors[chatId] !== undefined)
    if (passage.kind === 'again') passage.tell(behind(asked, cursors))
    for (const chatMembership of asked) await catchUp(chatMembership, cursors[chatMembership.chatId] ?? 0)
    await inTime(hub.progress.reached(checkpoint, waiting))

    // From here on nothing waits.
    if (keeping.isFull) return false
    if (passage.kind === 'over') give(chats.map(resync))
    if (passage.kind === 'again') {
      const held = passage.held.map((chatId) => [chatId, log.start] as const)
      enterRooms(keeping, new Map([...held, ...asked.map(upTo(checkpoint))]), log.start)
    } else {
      socket.emit('ready', { userId, chats: Object.fromEntries(chats.map(readyChat)) })
      enterRooms(keeping, new Map(chats.map(upTo(checkpoint))), checkpoint)
    }
    return true
  }

  function enterRooms({ deliveries }: Keeping, chats: ReadonlyMap<string, Position>, since: Position): void {
    const isAfter = (a: Position, b: Position): boolean => log.comparePositions(a, b) > 0
    const { frames, chatIds } = goLive({ userId, chats, since }, deliveries, isAfter)
    give(frames)
    if (socket.connected) void socket.join([userRoom(userId), ...[...chatIds].map(chatRoom)])
  }

  /** Begins to keep at once, before it first waits. */
  async function travel(passage: Passage): Promise<void> {
    isOnItsWay = true
    try {
      for (let next = passage; ; next = { kind: 'over' }) {
        const keeping = hub.keep()
        const arrived = await pass(next, keeping).finally(() => keeping.stop())
        if (arrived) return
      }
    } catch (fault) {
      onLost(fault)
    } finally {
      isOnItsWay = false
    }
  }

  function leaveRooms(): string[] {
    const rooms = [...socket.rooms].filter((room) => room !== socket.id)
    for (const room of rooms) void socket.leave(room)
    return rooms.flatMap((room) => chatIn(room) ?? [])
  }

  return {
    enter: (cursors) => travel({ kind: 'first', cursors }),
    async sync(cursors, tell) {
      if (isOnItsWay) throw new CommandFault('too-busy')
      await travel({ kind: 'again', cursors, held: leaveRooms(), tell })
    },
  }
}

const resync = ({ chatId, version }: ChatMembership): Frame => ({ event: 'resync', payload: { chatId, version } })

const upTo =
  (position: Position) =>
  ({ chatId }: ChatMembership) =>
    [chatId, position] as const

const readyChat = ({ chatId, ranges: _, ...chat }: ChatMembership) => [chatId, chat] as const

/** A chat that is not there may be one in which this node does not yet know the person. */
function isAhead(cursors: Cursors, chats: readonly ChatMembership[]): boolean {
  const versions = new Map(chats.map(({ chatId, version }) => [chatId, version]))
  return Object.entries(cursors).some(([chatId, cursor]) => cursor > (versions.get(chatId) ?? 0))
}

const behind = (chats: readonly ChatMembership[], cursors: Cursors): Behind =>
  Object.fromEntries(chats.map(({ chatId, version }) => [chatId, Math.max(0, version - (cursors[chatId] ?? 0))]))
