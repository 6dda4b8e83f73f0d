import type { createConversationQueries } from './create-conversation-queries.js'

export type ConversationQueries = ReturnType<typeof createConversationQueries>
