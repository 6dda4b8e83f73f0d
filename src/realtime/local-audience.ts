import { idOf } from '../domain/streams.js'
import { membershipChanges } from './audience.js'
import { isOfChat, type DecodedInStream } from './frames.js'
import { changesUser } from './render.js'
import { chatRoom, ownRooms, type Rooms } from './rooms.js'

/**
 * Whether an event concerns a live socket of this node, and so is worth rendering. Users who join a chat by one of these events also receive
 * what follows in that chat.
 */
export function hasLocalAudience(
  rooms: Pick<Rooms, 'isOccupied' | 'isAnyoneConnected'>,
  events: readonly DecodedInStream[],
): (event: DecodedInStream) => boolean {
  const isConnected = (userId: string, chatId: string): boolean =>
    ownRooms(userId, chatId).some((room) => rooms.isOccupied(room))
  const joined = new Set(
    events
      .filter(isOfChat)
      .filter(({ event, stream }) => membershipChanges(event).joining.some((user) => isConnected(user, idOf(stream))))
      .map(({ stream }) => stream),
  )
  return (decoded) => {
    const { event, stream } = decoded
    if (isOfChat(decoded)) return joined.has(stream) || rooms.isOccupied(chatRoom(idOf(stream)))
    if (changesUser(event)) return rooms.isAnyoneConnected()
    if (event.type === 'ChatMuted' || event.type === 'ChatHidden') return isConnected(event.userId, event.chatId)
    if (event.type !== 'ChatsRead') return false
    return event.chats.some(({ chatId }) => isConnected(event.userId, chatId) || rooms.isOccupied(chatRoom(chatId)))
  }
}
