import { idOf, isChatStream } from '../../domain/streams.js'
import { hideExpiredFields } from '../../privacy/hide-expired-fields.js'
import type { HideExpired } from './open-events.js'

interface HideExpiredDeps {
  /** In days; null where the chat keeps messages without end. */
  retentionOf(chatId: string): Promise<number | null>
  clock: () => Date
}

export const createHideExpired =
  ({ retentionOf, clock }: HideExpiredDeps): HideExpired =>
  async (events) => {
    const chatIds = new Set(events.filter(({ stream }) => isChatStream(stream)).map(({ stream }) => idOf(stream)))
    const days = new Map(await Promise.all([...chatIds].map(async (id) => [id, await retentionOf(id)] as const)))
    const now = clock()
    return events.map((event) => hideExpiredFields(event, days.get(idOf(event.stream)) ?? null, now))
  }
