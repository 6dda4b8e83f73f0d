import { skippedFrame, type Delivery } from './audience.js'
import type { RealtimeServer } from './protocol.js'

/** In it: the live sockets of those who take part in the chat. */
export const chatRoom = (chatId: string): string => `chat:${chatId}`
/** The chat whose room it is; null for another room. */
export const chatIn = (room: string): string | null => (room.startsWith('chat:') ? room.slice('chat:'.length) : null)
/** In it: the person's own live sockets. */
export const userRoom = (userId: string): string => `user:${userId}`

/** This node's sockets, by what they are to hear. All of it is synchronous, so that several steps are one moment for them. */
export interface Rooms {
  /** Whether any socket of this node is there at all. */
  isAnyoneHere(): boolean
  isInhabited(room: string): boolean
  /** First those who come with it, then everyone hears it, then those go who go with it. */
  deliver(delivery: Delivery): void
}

export function createRooms(io: RealtimeServer): Rooms {
  const { rooms } = io.sockets.adapter

  /** To Socket.IO, a selection of no room at all means everyone. */
  function socketsOf(userIds: readonly string[]) {
    return userIds.length === 0 ? null : io.local.in(userIds.map(userRoom))
  }

  return {
    isAnyoneHere: () => rooms.size > 0,
    isInhabited: (room) => rooms.has(room),
    deliver({ frame, chatIds, userId, begins, ends, hiddenFrom = [] }) {
      const [chatId = ''] = chatIds
      const audience = [...chatIds.map(chatRoom), ...(userId === null ? [] : [userRoom(userId)])]
      socketsOf(begins)?.socketsJoin(chatRoom(chatId))
      const hidden = hiddenFrom.map(userRoom)
      if (audience.length > 0) io.local.to(audience).except(hidden).emit(frame.event, frame.payload)
      if (hidden.length > 0) {
        const skipped = skippedFrame({ chatIds, frame })
        io.local.to(hidden).emit(skipped.event, skipped.payload)
      }
      socketsOf(ends)?.socketsLeave(chatRoom(chatId))
    },
  }
}
