import type { Registry } from 'prom-client'
import type { Logger } from 'winston'
import type { RegistrationGuard } from '../identity/accounts/registration-guard.js'
import type { PasswordGuard } from '../identity/passwords/password-guard.js'
import type { PrivilegedAccesses } from '../security/privileged-accesses.js'
import type { SecurityEvents } from '../security/security-events.js'
import type { FixedContent } from './fixed-content.js'
import type { ClientAddress } from './client-address.js'
import type { InviteCodes } from '../commands/catalogue/invite-codes.js'
import type { RunCommand } from '../commands/run-command.js'
import type { EditMessage, SendMessage } from '../commands/submit-message.js'
import type { Identity } from '../identity/identity.js'
import type { AccountStatuses } from '../commands/catalogue/account-statuses.js'
import type { FeatureFlags } from '../flags/feature-flags.js'
import type { UserExport } from '../export/user-export.js'
import type { AccountRecord } from '../identity/accounts/account-record.js'
import type { Addresses } from '../identity/accounts/addresses.js'
import type { AuditProofs } from '../audit/proofs/audit-proofs.js'
import type { RawEvents } from '../audit/raw/raw-events.js'
import type { Verifications } from '../audit/verification/verifications.js'
import type { AuditQueries } from '../projections/audit-trail/audit-queries.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { ProjectionState } from '../projections/engine/projection-states.js'
import type { ManagedProjection } from '../projections/managed-projection.js'
import type { PresenceStore } from '../realtime/presence/presence.js'
import type { PastFrames } from '../realtime/past-frames.js'
import type { RenderSentMessage } from '../realtime/render-sent-message.js'
import type { Replay } from '../replay/replay.js'
import type { ReadYourWrites, ReadYourWritesDeps } from './read-your-writes.js'
import type { MaySpeak } from '../commands/catalogue/incoming-webhooks.js'
import type { IncomingSecrets } from '../webhooks/incoming-secrets.js'
import type { Deliveries } from '../webhooks/deliveries.js'
import type { ReplayWebhook } from '../webhooks/replay-webhook.js'
import type { WebhookSecrets } from '../webhooks/webhook-secrets.js'
import type { Authenticate } from '../requests/authenticate.js'
import type { RequestPath } from '../requests/request-path.js'
import type { Readiness } from './shapes/readiness-shape.js'

/** For its trace: names and numbers, no content. */
export interface AnsweredRequest {
  requestId: string
  /** Method and route. */
  name: string
  status: number
  /** By `performance.now()`. */
  began: number
  /** The header of that name. */
  traceparent?: string | undefined
}

export interface ApiDeps
  extends
    ReadYourWritesDeps,
    Pick<Identity, 'accounts' | 'sessions' | 'passwordChanges' | 'emailChanges' | 'bots' | 'botTokens' | 'background'> {
  run: RunCommand
  invites: InviteCodes
  webhooks: {
    secrets: WebhookSecrets
    deliveries: Pick<Deliveries, 'states'>
    replay: ReplayWebhook
    incoming: { secrets: IncomingSecrets; isOn(userId: string): Promise<boolean>; maySpeak: MaySpeak }
  }
  /** Where people find the client. */
  publicUrl: () => string
  sendMessage: SendMessage
  editMessage: EditMessage
  renderSentMessage: RenderSentMessage
  authenticate: Authenticate
  authenticateErased: Authenticate
  requestPath: RequestPath
  accountStatuses: AccountStatuses
  /** Whether the user's erasure is complete. */
  isErased(userId: string): Promise<boolean>
  addresses: Addresses
  flags: Pick<FeatureFlags, 'isOn'>
  queries: ConversationQueries
  auditTrail: Pick<ReadYourWritesDeps, 'progress' | 'ownWrites'> & { queries: AuditQueries }
  /** How long a request waits until a projection has examined a position. */
  readModelWaitMs: number
  auditProofs: AuditProofs
  rawEvents: RawEvents
  verifications: Verifications
  pastFrames: PastFrames
  presence: Pick<PresenceStore, 'read'>
  replay: Replay
  privilegedAccesses: Pick<PrivilegedAccesses, 'begin'>
  /** Parley's own and those of analysts, which come and go with their files. */
  projections(): Promise<readonly ManagedProjection[]>
  /** The states of all, read at once. */
  projectionStates(): Promise<ProjectionState[]>
  readiness: () => Promise<Readiness>
  /** For what is measured of requests. */
  registry: Registry
  /** Of the whole server, of which this process may be a part. */
  readMetrics(): Promise<{ text: string; contentType: string }>
  log: Logger
  /** One line for each request. */
  accessLog: Pick<Logger, 'isLevelEnabled' | 'http'>
  /** Null where nothing is traced. */
  onAnswered: ((request: AnsweredRequest) => void) | null
  /** Pages of these origins may call; none given and not in production: any of this machine. */
  allowedOrigins: readonly string[]
  production: boolean
  clock: () => Date
  clientAddress: ClientAddress
  registrationGuard: RegistrationGuard
  /** Every check of a password goes through it. */
  passwordGuard: PasswordGuard
  security: SecurityEvents
  accountRecord: AccountRecord
  userExport: UserExport
  /** Null: `/metrics` is open. */
  metricsToken: string | null
  /** Whether a port of its own serves `/metrics` and the components of `/readyz`: then nobody gets them here without the token. */
  hasMetricsPort: boolean
}

/** What handlers of routes can act with: each gets what its route lists in `uses`. */
export interface Parts extends ApiDeps {
  /** Of conversations. */
  reads: ReadYourWrites
  auditReads: ReadYourWrites
  /** Made by the first call. */
  openApi: () => FixedContent
  /** Likewise. */
  asyncApi: () => FixedContent
}
