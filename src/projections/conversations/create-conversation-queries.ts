import type { Pool } from 'pg'
import { renderContent, type RenderContent } from '../../content/render-content.js'
import type { OpenProjection } from '../engine/open-projection.js'
import { perGeneration } from '../engine/per-generation.js'
import { chatQueries } from './chats/chat-queries.js'
import { membershipQueries } from './memberships/membership-queries.js'
import { messageQueries } from './messages/message-queries.js'
import { banQueries } from './moderation/bans.js'
import { blockQueries } from './moderation/blocks.js'
import { holdQueries } from './moderation/holds.js'
import { reportQueries } from './moderation/report-queries.js'
import type { QueryContext } from './query-context.js'
import { webhookQueries } from './moderation/webhook-queries.js'
import { pastDetailQueries } from './past-details.js'
import { retentionQueries } from './retention/retention.js'
import { searchQueries } from './search/search-page.js'
import { userQueries } from './users/user-queries.js'

/**
 * What can be asked of conversations. A user who does not take part in a chat gets null for everything about it, as if it were not there. Each call
 * reads in one snapshot.
 */
export const createConversationQueries = (
  pool: Pool,
  open: OpenProjection,
  render: RenderContent = renderContent,
  clock: () => Date = () => new Date(),
): ReturnType<typeof queriesOf> => perGeneration(pool, open, (tables) => queriesOf({ pool, render, clock, ...tables }))

function queriesOf(context: QueryContext) {
  return {
    ...userQueries(context),
    ...chatQueries(context),
    ...membershipQueries(context),
    ...messageQueries(context),
    ...pastDetailQueries(context),
    ...searchQueries(context),
    ...banQueries(context),
    ...blockQueries(context),
    ...holdQueries(context),
    ...retentionQueries(context),
    ...reportQueries(context),
    ...webhookQueries(context),
  }
}
