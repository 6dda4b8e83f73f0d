import type { Registry } from 'prom-client'
import type { Logger } from 'winston'
import type { PasswordGuard } from '../identity/password-guard.js'
import type { RequestLimits } from '../limits/request-limits.js'
import type { SecurityEvents } from '../security/security-events.js'
import type { ClientAddress } from './client-address.js'
import type { InviteCodes } from '../commands/invite-codes.js'
import type { RunCommand } from '../commands/run-command.js'
import type { EditMessage, SendMessage } from '../commands/say.js'
import type { Identity } from '../identity/identity.js'
import type { Standings } from '../commands/standings.js'
import type { SessionGate } from '../identity/session-gate.js'
import type { Addresses } from '../identity/addresses.js'
import type { Tokens } from '../identity/tokens.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { PastFrames } from '../realtime/past-frames.js'
import type { PresentSent } from '../realtime/present-sent.js'
import type { ReadYourWrites, ReadYourWritesDeps } from './read-your-writes.js'
import type { MaySpeak } from '../commands/incoming-webhooks.js'
import type { IncomingSecrets } from '../webhooks/incoming-secrets.js'
import type { Deliveries } from '../webhooks/deliveries.js'
import type { ReplayWebhook } from '../webhooks/replay-webhook.js'
import type { WebhookSecrets } from '../webhooks/webhook-secrets.js'
import type { Readiness } from './shapes.js'

export interface ApiDeps
  extends
    ReadYourWritesDeps,
    Pick<
      Identity,
      'accounts' | 'sessions' | 'passwordChanges' | 'emailChanges' | 'bots' | 'botTokens' | 'botGate' | 'background'
    > {
  run: RunCommand
  invites: InviteCodes
  webhooks: {
    secrets: WebhookSecrets
    deliveries: Pick<Deliveries, 'states'>
    replay: ReplayWebhook
    incoming: { secrets: IncomingSecrets; maySpeak: MaySpeak }
  }
  /** Where people find the client. */
  publicUrl: () => string
  sendMessage: SendMessage
  editMessage: EditMessage
  presentSent: PresentSent
  tokens: Tokens
  gate: SessionGate
  standings: Standings
  addresses: Addresses
  queries: ConversationQueries
  pastFrames: PastFrames
  readiness: () => Promise<Readiness>
  registry: Registry
  log: Logger
  /** Pages of these origins may call; none given and not in production: any of this machine. */
  allowedOrigins: readonly string[]
  production: boolean
  clock: () => Date
  clientAddress: ClientAddress
  limits: RequestLimits
  /** Every check of a password goes through it. */
  passwordGuard: PasswordGuard
  security: SecurityEvents
  /** Null: `/metrics` is open. */
  metricsToken: string | null
}

/** What handlers of routes act with; each takes what it uses. */
export interface Parts extends ApiDeps {
  reads: ReadYourWrites
  openApi: object
}
