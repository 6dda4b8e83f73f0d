import type { Route } from './route.js'
import { auditRoutes } from './routes/audit.js'
import { auditFinderRoutes } from './routes/audit-finders.js'
import { auditProofRoutes } from './routes/audit-proofs.js'
import { rawEventRoutes } from './routes/raw-events.js'
import { verificationRoutes } from './routes/verifications.js'
import { banRoutes } from './routes/bans.js'
import { blockRoutes } from './routes/blocks.js'
import { botRoutes } from './routes/bots.js'
import { chatSettingsRoutes } from './routes/chat-settings.js'
import { chatRoutes } from './routes/chats.js'
import { credentialRoutes } from './routes/credentials.js'
import { docsRoutes } from './routes/docs.js'
import { erasureRoutes } from './routes/erasure.js'
import { exportRoutes } from './routes/export.js'
import { holdRoutes } from './routes/holds.js'
import { hookRoutes } from './routes/hooks.js'
import { identityRoutes } from './routes/identity.js'
import { inboxRoutes } from './routes/inbox.js'
import { inviteRoutes } from './routes/invites.js'
import { messageRoutes } from './routes/messages.js'
import { oneMessageRoutes } from './routes/one-message.js'
import { pinRoutes } from './routes/pins.js'
import { reactionRoutes } from './routes/reactions.js'
import { openChatRoutes } from './routes/open-chats.js'
import { operationRoutes } from './routes/operations.js'
import { projectionRoutes } from './routes/projections.js'
import { participantRoutes } from './routes/participants.js'
import { replayRoutes } from './routes/replay.js'
import { reportRoutes } from './routes/reports.js'
import { searchRoutes } from './routes/search.js'
import { sessionRoutes } from './routes/sessions.js'
import { retentionRoutes } from './routes/retention.js'
import { roleRoutes } from './routes/roles.js'
import { presenceRoutes } from './routes/presence.js'
import { userRoutes } from './routes/users.js'
import { webhookRoutes } from './routes/webhooks.js'

/** The API as one table. A path that another one's parameter could match comes before it; otherwise the most requested come first. */
export const routeList: readonly Route[] = [
  ...messageRoutes,
  ...identityRoutes,
  ...sessionRoutes,
  ...credentialRoutes,
  ...erasureRoutes,
  ...exportRoutes,
  ...userRoutes,
  ...presenceRoutes,
  ...roleRoutes,
  ...blockRoutes,
  ...botRoutes,
  ...openChatRoutes,
  ...chatRoutes,
  ...chatSettingsRoutes,
  ...participantRoutes,
  ...banRoutes,
  ...inviteRoutes,
  ...webhookRoutes,
  ...hookRoutes,
  ...inboxRoutes,
  ...oneMessageRoutes,
  ...reactionRoutes,
  ...pinRoutes,
  ...reportRoutes,
  ...holdRoutes,
  ...retentionRoutes,
  ...searchRoutes,
  ...auditRoutes,
  ...auditFinderRoutes,
  ...rawEventRoutes,
  ...replayRoutes,
  ...auditProofRoutes,
  ...verificationRoutes,
  ...projectionRoutes,
  ...operationRoutes,
  ...docsRoutes,
]
