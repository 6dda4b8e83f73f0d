import { idOf } from '../domain/streams.js'
import type { OpenedEvent } from '../privacy/event-reader.js'
import { movesOf } from './audience.js'
import { isChatEvent } from './frames.js'
import { chatRoom, userRoom, type Rooms } from './rooms.js'

/**
 * Which of these events concern a live socket of this node, and so are worth rendering. Who comes with one of them also hears what
 * follows in that chat.
 */
export function isHeard(rooms: Rooms, events: readonly OpenedEvent[]): (event: OpenedEvent) => boolean {
  const isHere = (userId: string): boolean => rooms.isInhabited(userRoom(userId))
  const entered = new Set(
    events
      .filter(isChatEvent)
      .filter(({ event }) => movesOf(event).begins.some(isHere))
      .map(({ stream }) => stream),
  )
  return (opened) => {
    const { event, stream } = opened
    if (isChatEvent(opened)) return entered.has(stream) || rooms.isInhabited(chatRoom(idOf(stream)))
    if (event.type === 'ProfileChanged') return rooms.isAnyoneHere()
    if (event.type === 'ChatMuted' || event.type === 'ChatHidden') return isHere(event.userId)
    if (event.type !== 'ChatsRead') return false
    return isHere(event.userId) || event.chats.some(({ chatId }) => rooms.isInhabited(chatRoom(chatId)))
  }
}
