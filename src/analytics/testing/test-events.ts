import { randomUUID } from 'node:crypto'
import type { EventType, ProjectionEvent } from '../projection-file.js'

/** Of the chat to which events belong that name none. */
const CHAT_ID = '00000000-0000-4000-8000-000000000001'

let count = 0

/**
 * An event as `apply` would receive it. What a test does not name gets a value of its own: `event('MessageSent', { seq: 1 })`. Give
 * `chatId` for an event of another chat, `at` for its time, `userId` for who did it.
 */
export function event<Type extends EventType>(
  type: Type,
  data: Partial<ProjectionEvent<Type>['data']>,
  { chatId = CHAT_ID, ...place }: Partial<Omit<ProjectionEvent<Type>, 'type' | 'data'>> = {},
): ProjectionEvent<Type> {
  count++
  const defaults = {
    id: randomUUID(),
    stream: `chat-${chatId}`,
    chatId,
    version: count,
    position: `test.${count}`,
    at: '2026-01-01T00:00:00.000Z',
    userId: null,
  }
  return { ...defaults, ...place, type, data } as ProjectionEvent<Type>
}
