import pLimit from 'p-limit'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { ChatMembership } from '../projections/conversations/query-results.js'

/** All chats of a user, with the checkpoint at which they were read: after it was asked for. */
export type SnapshotOf = (userId: string) => Promise<{ chats: ChatMembership[]; checkpoint: string }>

/** Of users in one query: some may be in thousands of chats. */
const MAX_USERS = 25
/** Queries at once: who asks meanwhile waits, and shares the next. */
const AT_ONCE = 2

interface Gathered {
  userIds: Set<string>
  result: ReturnType<ConversationQueries['chatMemberships']>
}

/** Many clients that connect at the same time are read by a few queries. */
export function createSnapshotOf(queries: Pick<ConversationQueries, 'chatMemberships'>): SnapshotOf {
  const limit = pLimit(AT_ONCE)
  /** Not begun yet. */
  let gathered: Gathered | null = null

  function gather(): Gathered {
    const userIds = new Set<string>()
    const begun: Gathered = {
      userIds,
      result: limit(() => {
        if (gathered === begun) gathered = null
        return queries.chatMemberships([...userIds])
      }),
    }
    return begun
  }

  return async (userId) => {
    if (gathered === null || gathered.userIds.size >= MAX_USERS) gathered = gather()
    gathered.userIds.add(userId)
    const { chatsOf, checkpoint } = await gathered.result
    return { chats: chatsOf.get(userId) ?? [], checkpoint }
  }
}
