import { chatStream } from '../../domain/streams.js'
import type { EventLog } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { ContentAt } from './facts.js'

/** Reads contents from the log: for the few commands that depend on what a message says. */
export const createContentAt =
  ({ log, reader }: { log: Pick<EventLog, 'readStream'>; reader: Pick<EventReader, 'open'> }): ContentAt =>
  async (chatId, version) => {
    const [opened] = await reader.open(await log.readStream(chatStream(chatId), { after: version - 1, limit: 1 }))
    return opened !== undefined && 'content' in opened.event ? opened.event.content : null
  }
