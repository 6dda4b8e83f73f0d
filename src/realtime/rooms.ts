import { skippedFrame, type Delivery } from './audience.js'
import type { Identity } from '../requests/authenticate.js'
import { write } from './connection.js'
import { encodeFrames } from './encode-frames.js'
import type { Frame } from './frames.js'
import type { RealtimeServer } from './protocol.js'

/** The live sockets of the chat's participants. */
export const chatRoom = (chatId: string): string => `chat:${chatId}`
/** The chat of a chat room; null for any other room. */
export const chatOfRoom = (room: string): string | null =>
  room.startsWith('chat:') ? room.slice('chat:'.length) : null
/** The user's own live sockets; of a bot, none. */
export const userRoom = (userId: string): string => `user:${userId}`
/** The live sockets of a bot that are bound to the chat. */
const botRoom = (userId: string, chatId: string): string => `user:${userId}:${chatId}`
/** The user's or bot's own live sockets that may get what is about the chat. */
export const ownRooms = (userId: string, chatId: string): string[] => [userRoom(userId), botRoom(userId, chatId)]
/** The rooms of its own that a socket enters, whatever chats it is in. */
export const roomsToEnter = ({ userId, chatIds }: Pick<Identity, 'userId' | 'chatIds'>): string[] =>
  chatIds === undefined ? [userRoom(userId)] : [...chatIds].map((chatId) => botRoom(userId, chatId))

/** Rooms of this node's sockets. Everything is synchronous, so that several steps happen in one tick. */
export interface Rooms {
  /** Whether this node has any socket. */
  isAnyoneConnected(): boolean
  isOccupied(room: string): boolean
  /** Adds users who join by it, sends it, then removes users who leave by it. */
  deliver(delivery: Delivery): void
  /** Sends a frame that is not in the log to the participants of these chats who are connected to this node. */
  send(frame: Frame, chatIds: readonly string[]): void
  /** The same to all of a chat but one user; sockets that are busy miss it. */
  sendVolatile(frame: Frame, chatId: string, exceptUserId: string): void
}

export function createRooms(io: RealtimeServer): Rooms {
  const { sockets } = io.sockets
  const { rooms } = io.sockets.adapter

  function idsIn(names: readonly string[]): ReadonlySet<string> {
    const occupied = names.flatMap((name) => rooms.get(name) ?? [])
    const [only = new Set<string>()] = occupied
    return occupied.length > 1 ? new Set(occupied.flatMap((ids) => [...ids])) : only
  }

  /** To each socket in these rooms once, except those in the others; encoded once. */
  function broadcast(frame: Frame, to: readonly string[], except: readonly string[] = [], isVolatile = false): void {
    const ids = idsIn(to)
    if (ids.size === 0) return
    const encoded = encodeFrames([frame])
    const excluded = idsIn(except)
    for (const id of ids) {
      const socket = sockets.get(id)
      if (socket !== undefined && !excluded.has(id)) write(socket.conn, encoded, isVolatile)
    }
  }

  /** Socket.IO takes an empty list of rooms for everyone. */
  function socketsOf(userIds: readonly string[], chatId: string) {
    return userIds.length === 0 ? null : io.local.in(userIds.flatMap((userId) => ownRooms(userId, chatId)))
  }

  function ownAudience({ userId, aboutChatId }: Delivery): string[] {
    if (userId === null) return []
    return aboutChatId === undefined ? [userRoom(userId)] : ownRooms(userId, aboutChatId)
  }

  return {
    isAnyoneConnected: () => rooms.size > 0,
    isOccupied: (room) => rooms.has(room),
    deliver(delivery) {
      const { frame, chatIds, joining, leaving, hiddenFrom = [], isWithheld = false } = delivery
      const [chatId = ''] = chatIds
      const audience = isWithheld ? [] : [...chatIds.map(chatRoom), ...ownAudience(delivery)]
      socketsOf(joining, chatId)?.socketsJoin(chatRoom(chatId))
      const hidden = hiddenFrom.flatMap((user) => ownRooms(user, chatId))
      broadcast(frame, audience, hidden)
      if (hidden.length > 0) broadcast(skippedFrame({ chatIds, frame }), hidden)
      socketsOf(leaving, chatId)?.socketsLeave(chatRoom(chatId))
    },
    send(frame, chatIds) {
      broadcast(frame, chatIds.map(chatRoom))
    },
    sendVolatile(frame, chatId, exceptUserId) {
      broadcast(frame, [chatRoom(chatId)], ownRooms(exceptUserId, chatId), true)
    },
  }
}
