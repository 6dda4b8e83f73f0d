import { moderationStream } from '../domain/streams.js'
import { readHistory, type HistoryDeps } from './read-history.js'

/** How many days the chat keeps messages now, whatever moment is replayed; null: without end. */
export async function readRetention(chatId: string, deps: HistoryDeps): Promise<number | null> {
  let days: number | null = null
  for await (const page of readHistory(moderationStream(chatId), () => true, deps))
    for (const recorded of page) {
      const { event } = deps.reader.decode(recorded)
      if (event.type === 'ChatRetentionChanged') days = event.days
    }
  return days
}
