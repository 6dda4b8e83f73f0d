import { skippedFrame, type Delivery } from './audience.js'
import type { Identity } from '../requests/authenticate.js'
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
  const { rooms } = io.sockets.adapter

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
      if (audience.length > 0) io.local.to(audience).except(hidden).emit(frame.event, frame.payload)
      if (hidden.length > 0) {
        const skipped = skippedFrame({ chatIds, frame })
        io.local.to(hidden).emit(skipped.event, skipped.payload)
      }
      socketsOf(leaving, chatId)?.socketsLeave(chatRoom(chatId))
    },
    send({ event, payload }, chatIds) {
      const occupied = chatIds.map(chatRoom).filter((room) => rooms.has(room))
      if (occupied.length > 0) io.local.to(occupied).emit(event, payload)
    },
    sendVolatile({ event, payload }, chatId, exceptUserId) {
      io.local.volatile.to(chatRoom(chatId)).except(ownRooms(exceptUserId, chatId)).emit(event, payload)
    },
  }
}
