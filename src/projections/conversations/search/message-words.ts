import type { Word } from '../../../content/search-words.js'
import type { MessageSent } from '../../../domain/chat/events.js'
import type { Opened } from '../../../domain/event.js'
import type { OpenedEvent } from '../../../privacy/event-reader.js'
import { wordsOf } from './word-keys.js'

const known = new WeakMap<Opened<MessageSent>, Word[]>()

/** Of an event as it was opened, which is the same object for all who read it: they are found once. */
export function messageWords(sent: Opened<MessageSent>): Word[] {
  const words = known.get(sent) ?? wordsOf(sent.content)
  known.set(sent, words)
  return words
}

/** Finds the words of messages ahead of the transaction that writes them. */
export function prepareSearch(events: readonly OpenedEvent[]): void {
  for (const { event } of events) if (event.type === 'MessageSent') messageWords(event)
}
