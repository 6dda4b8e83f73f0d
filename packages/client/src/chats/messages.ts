import type { Message, VersionedEvents } from '../realtime/server-events.js'

/** Adds messages, or puts a newer version in the place of an older one. */
export function withMessages(all: readonly Message[], added: readonly Message[]): Message[] {
  const byId = new Map(all.map((message) => [message.id, message]))
  for (const message of added) {
    const known = byId.get(message.id)
    if (known === undefined || message.version > known.version) byId.set(message.id, message)
  }
  return [...byId.values()].toSorted((one, other) => one.seq - other.seq)
}

/** Changes the messages that match, unless they include the event of this version already. */
export const changed = (
  all: readonly Message[],
  version: number,
  matches: (message: Message) => boolean,
  change: (message: Message) => Message,
): Message[] =>
  all.map((message) => (version > message.version && matches(message) ? { ...change(message), version } : message))

type ReactionEvent = VersionedEvents['reaction_added']

/** `count` is the current number, also in an event of the past. */
export function withReaction(message: Message, { emoji, userId, count }: ReactionEvent, isAdded: boolean): Message {
  const others = message.reactions.filter((reaction) => reaction.emoji !== emoji)
  if (count === 0) return { ...message, reactions: others }
  const known = message.reactions.find((reaction) => reaction.emoji === emoji)?.userIds ?? []
  const without = known.filter((id) => id !== userId)
  return { ...message, reactions: [...others, { emoji, count, userIds: isAdded ? [...without, userId] : without }] }
}

/** The text and all that could hold some of it is gone; sender, times and reactions stay. */
export const erased = (message: Message): Message => ({
  ...message,
  content: null,
  contentHtml: null,
  metadata: null,
  replyTo: null,
  clientMessageId: null,
  type: 'text',
  mentions: [],
  mentionsAll: false,
  linkPreviews: [],
})
