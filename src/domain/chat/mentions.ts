import { withoutCode } from './without-code.js'

const MENTION = /(\\*)<@(?:(all)|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))>/gi
const MAX_MENTIONS = 100

/** Whom a message mentions. */
export interface Mentions {
  /** As `<@userId>`: those who take part in the chat, once each, in the order in which they are named; at most 100. */
  mentions: readonly string[]
  /** Whether it says `<@all>`. */
  mentionsAll: boolean
}

/** Mentions outside of code and not escaped by a backslash, of users for whom `takesPart` holds. */
export function findMentions(content: string, takesPart: (userId: string) => boolean): Mentions {
  const userIds = new Set<string>()
  let mentionsAll = false
  for (const { all, userId } of mentionTags(content)) {
    mentionsAll ||= all
    if (userId !== null && userIds.size < MAX_MENTIONS && takesPart(userId)) userIds.add(userId)
  }
  return { mentions: [...userIds], mentionsAll }
}

/** What a message mentions as its event says; where that was written before events had mentions, as its text says. */
export const mentionsOf = ({
  content,
  mentions,
  mentionsAll,
}: { content: string | null } & Nullable<Mentions>): Mentions =>
  mentions === null || mentionsAll === null ? findMentions(content ?? '', () => true) : { mentions, mentionsAll }

type Nullable<Fields> = { [Field in keyof Fields]: Fields[Field] | null }

function* mentionTags(content: string): Iterable<{ all: boolean; userId: string | null }> {
  if (!content.includes('<@')) return
  for (const [, backslashes = '', all, userId] of withoutCode(content).matchAll(MENTION))
    if (backslashes.length % 2 === 0) yield { all: all !== undefined, userId: userId?.toLowerCase() ?? null }
}
