import { skippedFrame, type Delivery } from './audience.js'
import type { Frame } from './frames.js'
import type { RealtimeServer } from './protocol.js'

/** The live sockets of the chat's participants. */
export const chatRoom = (chatId: string): string => `chat:${chatId}`
/** The chat of a chat room; null for any other room. */
export const chatOfRoom = (room: string): string | null =>
  room.startsWith('chat:') ? room.slice('chat:'.length) : null
/** The user's own live sockets. */
export const userRoom = (userId: string): string => `user:${userId}`

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
  const { rooms } = io.sockets.adapter

  /** Socket.IO takes an empty list of rooms for everyone. */
  function socketsOf(userIds: readonly string[]) {
    return userIds.length === 0 ? null : io.local.in(userIds.map(userRoom))
  }

  return {
    isAnyoneConnected: () => rooms.size > 0,
    isOccupied: (room) => rooms.has(room),
    deliver({ frame, chatIds, userId, joining, leaving, hiddenFrom = [], isWithheld = false }) {
      const [chatId = ''] = chatIds
      const audience = isWithheld ? [] : [...chatIds.map(chatRoom), ...(userId === null ? [] : [userRoom(userId)])]
      socketsOf(joining)?.socketsJoin(chatRoom(chatId))
      const hidden = hiddenFrom.map(userRoom)
      if (audience.length > 0) io.local.to(audience).except(hidden).emit(frame.event, frame.payload)
      if (hidden.length > 0) {
        const skipped = skippedFrame({ chatIds, frame })
        io.local.to(hidden).emit(skipped.event, skipped.payload)
      }
      socketsOf(leaving)?.socketsLeave(chatRoom(chatId))
    },
    send({ event, payload }, chatIds) {
      const occupied = chatIds.map(chatRoom).filter((room) => rooms.has(room))
      if (occupied.length > 0) io.local.to(occupied).emit(event, payload)
    },
    sendVolatile({ event, payload }, chatId, exceptUserId) {
      io.local.volatile.to(chatRoom(chatId)).except(userRoom(exceptUserId)).emit(event, payload)
    },
  }
}
