import { randomUUID } from 'node:crypto'
import { CommandFault } from '../commands/pipeline/command-fault.js'
import type { EventLog, Position } from '../eventstore/event-log.js'
import { BadMacError } from '../privacy/bad-mac-error.js'
import type { ChatMembership } from '../projections/conversations/query-results.js'
import type { Progress } from '../followers/progress.js'
import { goLive } from './audience.js'
import { drained, write } from './connection.js'
import type { Frame } from './frames.js'
import type { Hub, LiveBuffer } from './hub.js'
import type { MissedFrames } from './missed-frames.js'
import { errorOf, type Cursors, type ProblemOf, type RealtimeSocket } from './protocol.js'
import type { SnapshotOf } from './snapshot-of.js'
import { chatOfRoom, chatRoom, roomsToEnter } from './rooms.js'

/** A client that missed more events of a chat pages its history instead. */
export const MAX_MISSED = 1_000
const PAGE_FRAMES = 100

/** For each chat with a cursor, how many events the client has missed. */
export type Behind = Record<string, number>

/** Attaches one socket to its rooms. */
export interface Session {
  /** Sends what the cursors missed and `ready`, and goes live. Never rejects. */
  attach(cursors: Cursors): Promise<void>
  /** Sends what these cursors missed, and stays live. @throws CommandFault `too-busy` while it is still attaching */
  sync(cursors: Cursors, onBehind: (behind: Behind) => void): Promise<void>
}

export interface SessionDeps {
  log: Pick<EventLog, 'start' | 'comparePositions' | 'head'>
  hub: Hub
  snapshotOf: SnapshotOf
  /** Of conversations. */
  progress: Progress
  missedFrames: MissedFrames
  problemOf: ProblemOf
  /** Most events of one chat that are sent to a client that missed them; 1,000 by default. */
  maxMissed?: number
  /** How long each step may take: the read model, the hub, the client's reading. */
  stepMs?: number
}

/** How a socket attaches to its rooms. */
type AttachMode =
  | { kind: 'first'; cursors: Cursors }
  /** It has everything of `heldChatIds` up to the moment at which the buffer was opened. */
  | { kind: 'sync'; cursors: Cursors; heldChatIds: readonly string[]; onBehind(behind: Behind): void }
  | { kind: 'resync' }

/**
 * - **attaching**: live events are buffered for it, bounded. One snapshot, not older than the first of them, gives its chats, their visible
 *   ranges and each chat's version; the log gives what its cursors missed up to there. When the hub has delivered up to the snapshot, the
 *   buffered events after it follow, memberships folded event by event, and it enters its rooms: all in one tick, so that no event is
 *   missed and none comes twice.
 * - **live**: the hub sends it what its rooms get, and moves it between them.
 * - **attaching again** (`sync`): it leaves its rooms and does the same, but keeps what it has of the chats without a cursor.
 *
 * When the buffer overflows it starts again, and `resync` tells the client for each chat where to go on. When attaching fails, the socket is in
 * no room and `onFailure` must end it.
 */
export function createSession(socket: RealtimeSocket, deps: SessionDeps, onFailure: (fault: unknown) => void): Session {
  const { log, hub, snapshotOf, progress, missedFrames, problemOf, maxMissed = MAX_MISSED, stepMs = 10_000 } = deps
  const { userId, chatIds: boundTo } = socket.data.claims
  const disconnected = new AbortController()
  socket.once('disconnect', () => disconnected.abort())
  let isAttaching = false

  const emitFrames = (frames: Iterable<Frame>): void => {
    for (const { event, payload } of frames) socket.emit(event, payload)
  }

  const waiting = { timeoutMs: stepMs, signal: disconnected.signal }
  const inTime = async (reached: Promise<boolean>): Promise<void> => {
    if (!(await reached)) throw new CommandFault('projection-behind')
  }

  /** The chats that the socket is to have, of a bot those that its token is bound to. */
  async function memberships() {
    const { chats, checkpoint } = await snapshotOf(userId)
    return { chats: chats.filter(({ chatId }) => boundTo?.has(chatId) ?? true), checkpoint }
  }

  /** A cursor ahead of this node comes from a node that was further: this one must catch up first. */
  async function snapshot(since: Position, cursors: Cursors) {
    await inTime(progress.reached(since, waiting))
    const chatMemberships = await memberships()
    if (!isAhead(cursors, chatMemberships.chats)) return chatMemberships
    await inTime(progress.reached(await log.head(), waiting))
    return memberships()
  }

  async function catchUp(chatMembership: ChatMembership, cursor: number): Promise<void> {
    const { version } = chatMembership
    if (version - cursor > maxMissed) {
      emitFrames([resync(chatMembership)])
      return
    }
    for (let after = cursor; after < version;) {
      const page = await missedFrames(chatMembership, after, PAGE_FRAMES).catch(unlessForged)
      if (page === null) {
        emitFrames([resync(chatMembership)])
        return
      }
      write(socket.conn, page.encoded)
      after = page.version
      await drained(socket.conn, () => AbortSignal.any([disconnected.signal, AbortSignal.timeout(stepMs)]))
    }
  }

  /** The client's copy of these chats is not of this log: it starts again from its end. Nothing else that it has is touched. */
  function refuseAhead(chats: readonly ChatMembership[]): void {
    for (const { chatId, version } of chats) {
      const problem = problemOf({ code: 'cursor-ahead' }, randomUUID())
      socket.emit('error', { ...errorOf(problem, chatId), version })
    }
  }

  /** False if the buffer overflowed meanwhile. */
  async function attachOnce(mode: AttachMode, buffer: LiveBuffer): Promise<boolean> {
    const cursors = mode.kind === 'resync' ? {} : mode.cursors
    const { chats, checkpoint } = await snapshot(buffer.since, cursors)
    const asked = chats.filter(({ chatId }) => cursors[chatId] !== undefined)
    const [ahead, missing] = partition(asked, ({ chatId, version }) => (cursors[chatId] ?? 0) > version)
    if (mode.kind === 'sync') mode.onBehind(behind(missing, cursors))
    refuseAhead(ahead)
    for (const chatMembership of missing) await catchUp(chatMembership, cursors[chatMembership.chatId] ?? 0)
    await inTime(hub.progress.reached(checkpoint, waiting))

    // Everything from here on is synchronous.
    if (buffer.hasOverflowed) return false
    if (mode.kind === 'resync') emitFrames(chats.map(resync))
    if (mode.kind === 'sync') {
      const heldChatIds = mode.heldChatIds.map((chatId) => [chatId, log.start] as const)
      enterRooms(buffer, new Map([...heldChatIds, ...asked.map(upTo(checkpoint))]), log.start)
    } else {
      socket.emit('ready', { userId, chats: Object.fromEntries(chats.map(readyChat)) })
      enterRooms(buffer, new Map(chats.map(upTo(checkpoint))), checkpoint)
    }
    return true
  }

  function enterRooms({ deliveries }: LiveBuffer, chats: ReadonlyMap<string, Position>, since: Position): void {
    const isAfter = (a: Position, b: Position): boolean => log.comparePositions(a, b) > 0
    const { frames, chatIds } = goLive({ userId, boundTo, chats, since }, deliveries, isAfter)
    emitFrames(frames)
    if (socket.connected) void socket.join([...roomsToEnter(socket.data.claims), ...[...chatIds].map(chatRoom)])
  }

  /** Opens the buffer before it first waits. */
  async function attach(mode: AttachMode): Promise<void> {
    isAttaching = true
    try {
      for (let next = mode; ; next = { kind: 'resync' }) {
        const buffer = hub.openBuffer()
        const isAttached = await attachOnce(next, buffer).finally(() => buffer.stop())
        if (isAttached) return
      }
    } catch (fault) {
      onFailure(fault)
    } finally {
      isAttaching = false
    }
  }

  function leaveRooms(): string[] {
    const rooms = [...socket.rooms].filter((room) => room !== socket.id)
    for (const room of rooms) void socket.leave(room)
    return rooms.flatMap((room) => chatOfRoom(room) ?? [])
  }

  return {
    attach: (cursors) => attach({ kind: 'first', cursors }),
    async sync(cursors, onBehind) {
      if (isAttaching) throw new CommandFault('too-busy')
      await attach({ kind: 'sync', cursors, heldChatIds: leaveRooms(), onBehind })
    },
  }
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}

const resync = ({ chatId, version }: ChatMembership): Frame => ({ event: 'resync', payload: { chatId, version } })

/** A chat with a forged event cannot be resumed over it: the client pages what the read model has. */
function unlessForged(error: unknown): null {
  if (error instanceof BadMacError) return null
  throw error
}

const upTo =
  (position: Position) =>
  ({ chatId }: ChatMembership) =>
    [chatId, position] as const

const readyChat = ({ chatId, ranges: _, ...chat }: ChatMembership) => [chatId, chat] as const

/** A chat that is missing may be one that the user joined on another node, which this one has not read yet. */
function isAhead(cursors: Cursors, chats: readonly ChatMembership[]): boolean {
  const versions = new Map(chats.map(({ chatId, version }) => [chatId, version]))
  return Object.entries(cursors).some(([chatId, cursor]) => cursor > (versions.get(chatId) ?? 0))
}

const behind = (chats: readonly ChatMembership[], cursors: Cursors): Behind =>
  Object.fromEntries(chats.map(({ chatId, version }) => [chatId, Math.max(0, version - (cursors[chatId] ?? 0))]))
