import { z } from 'zod'
import type { BotTokenView } from '../identity/bots/bot-tokens.js'
import type { BotView } from '../identity/bots/bots.js'
import type { DeliveryState } from '../webhooks/deliveries.js'
import type { SessionView } from '../identity/sessions/session-list.js'
import type { SignedCheckpoint } from '../audit/proofs/audit-proofs.js'
import type { Consistency, Receipt } from '../audit/proofs/receipt.js'
import type { PublicSigningKey } from '../audit/checkpoints/signing-keys.js'
import { divergenceReasons } from '../audit/verification/divergence.js'
import type { VerificationState } from '../audit/verification/verifications.js'
import type { ProjectionState } from '../projections/engine/projection-states.js'
import type { AuditEntry } from '../projections/audit-trail/audit-entry.js'
import type { PastChat, PastParticipant } from '../replay/past-chat.js'
import type { PastUser } from '../replay/past-user.js'
import { accountRoles } from '../domain/roles/events.js'
import type {
  BanView,
  ChatView,
  EditView,
  FoundMessage,
  ListedChatView,
  MessageView,
  OwnReportView,
  ParticipantView,
  UserRef,
  PinView,
  ProfileView,
  ReactionView,
  ReportView,
  SharedChatView,
  WebhookView,
} from '../projections/conversations/views.js'

/** What answers hold, as `openapi.json` shows it. */

/** Names a shape whose type is exactly the view's: a field that only one of them has does not compile. */
const shapeOf =
  <View>() =>
  <Schema extends z.ZodType<View>>(name: string, schema: View extends z.output<Schema> ? Schema : never): Schema =>
    schema.meta({ id: name })

const id = z.uuid()
const time = z.iso.datetime({ precision: 3 })
const count = z.int().min(0)
const role = z.enum(['owner', 'admin', 'member'])

const userRefFields = { id, name: z.string().nullable(), avatarUrl: z.string().nullable(), isBot: z.boolean() }
/** Of a bot. */
const ownerFields = { ownerId: id.exactOptional() }

export const userRefShape = shapeOf<UserRef>()('Person', z.object(userRefFields))

const profileFields = { ...userRefFields, ...ownerFields, statusText: z.string().nullable() }

export const profileShape = shapeOf<ProfileView>()('Profile', z.object(profileFields))

const userFields = {
  ...profileFields,
  addableBy: z.enum(['everyone', 'shared-chat', 'nobody']),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  roles: z.array(z.enum(accountRoles)),
  createdAt: time,
  updatedAt: time,
}

export const userShape = z.object(userFields).meta({ id: 'User' })

export const accountShape = z
  .object({ ...userFields, status: z.enum(['active', 'deactivated', 'erased']) })
  .meta({ id: 'Account' })

/** `restricted`: a legal hold delays the erasure; the account is closed meanwhile. */
export const erasureShape = z.object({ status: z.enum(['none', 'erasing', 'restricted']) }).meta({ id: 'Erasure' })

export const sessionShape = z
  .object({ user: userShape, accessToken: z.string(), refreshToken: z.string(), expiresInSeconds: count })
  .meta({ id: 'Session' })

export const refreshedShape = z
  .object({ accessToken: z.string(), refreshToken: z.string(), expiresInSeconds: count })
  .meta({ id: 'Refreshed' })

export const openSessionShape = shapeOf<SessionView>()(
  'OpenSession',
  z.object({ id, createdAt: time, lastUsedAt: time, ip: z.string(), userAgent: z.string(), current: z.boolean() }),
)

export const botShape = shapeOf<BotView & { name: string | null }>()(
  'Bot',
  z.object({ id, name: z.string().nullable(), ownerId: id, createdAt: time, tokenCount: count }),
)

const botTokenFields = { id, chatIds: z.array(id), createdAt: time, expiresAt: time }

export const botTokenShape = shapeOf<BotTokenView>()('BotToken', z.object(botTokenFields))

export const newBotTokenShape = shapeOf<BotTokenView & { token: string }>()(
  'NewBotToken',
  z.object({ ...botTokenFields, token: z.string() }),
)

export const participantShape = shapeOf<ParticipantView>()(
  'Participant',
  z.object({ ...userRefFields, ...ownerFields, role, joinedAt: time, readSeq: count }),
)

export const banShape = shapeOf<BanView>()(
  'Ban',
  z.object({ person: userRefShape, by: userRefShape, at: time, reason: z.string().nullable() }),
)

export const inviteShape = z.object({ code: z.string(), url: z.string() }).meta({ id: 'Invite' })

const sharedChatFields = {
  id,
  type: z.enum(['direct', 'group']),
  name: z.string().nullable(),
  createdBy: id,
  createdAt: time,
  updatedAt: time,
  archivedAt: time.nullable(),
  historyVisibility: z.enum(['full', 'since-joined']),
  joinPolicy: z.enum(['invite', 'open']),
  participantCount: count,
  lastSeq: count,
  version: count,
}

/** Without what differs from reader to reader: as frames have it. */
export const sharedChatShape = shapeOf<SharedChatView>()('SharedChat', z.object(sharedChatFields))

const chatFields = {
  ...sharedChatFields,
  myRole: role,
  muted: z.boolean(),
  hidden: z.boolean(),
  readSeq: count,
  unreadCount: count,
  unreadMentions: count,
}

export const chatShape = shapeOf<ChatView & { participants: ParticipantView[] }>()(
  'Chat',
  z.object({ ...chatFields, participants: z.array(participantShape) }),
)

export const listedChatShape = shapeOf<ListedChatView>()(
  'ListedChat',
  z.object({
    ...chatFields,
    lastMessage: z.string().nullable(),
    lastMessageSenderId: id.nullable(),
    lastMessageSenderName: z.string().nullable(),
    timestamp: time,
    participants: z.array(userRefShape),
  }),
)

export const messageShape = shapeOf<MessageView>()(
  'Message',
  z.object({
    id,
    chatId: id,
    seq: count,
    version: count,
    sender: userRefShape,
    clientMessageId: z.string().nullable(),
    type: z.string(),
    content: z.string().nullable(),
    contentHtml: z.string().nullable(),
    metadata: z.record(z.string(), z.json()).nullable(),
    replyTo: z.object({ id, seq: count, senderName: z.string().nullable(), excerpt: z.string().nullable() }).nullable(),
    reactions: z.array(z.object({ emoji: z.string(), count, userIds: z.array(id) })),
    mentions: z.array(id),
    mentionsAll: z.boolean(),
    linkPreviews: z.array(
      z.object({
        url: z.string(),
        title: z.string().nullable(),
        description: z.string().nullable(),
        imageUrl: z.string().nullable(),
      }),
    ),
    createdAt: time,
    recordedAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
    deletedBy: id.nullable(),
  }),
)

export const editShape = shapeOf<EditView>()(
  'Edit',
  z.object({ content: z.string().nullable(), at: time, by: userRefShape }),
)

export const reactionShape = shapeOf<ReactionView>()(
  'Reaction',
  z.object({ emoji: z.string(), people: z.array(userRefShape) }),
)

export const pinShape = shapeOf<PinView>()(
  'Pin',
  z.object({ message: messageShape, pinnedBy: userRefShape, pinnedAt: time }),
)

export const foundMessageShape = shapeOf<FoundMessage>()(
  'FoundMessage',
  z.object({
    message: messageShape,
    highlight: z.object({
      text: z.string().meta({ description: 'plain text: an excerpt of what the message says' }),
      ranges: z
        .array(z.tuple([z.int(), z.int()]))
        .meta({ description: 'the hits in `text`: first and one past the last, in UTF-16 code units' }),
    }),
  }),
)

export const ownReportShape = shapeOf<OwnReportView>()(
  'OwnReport',
  z.object({ id, messageId: id, chatId: id, createdAt: time }),
)

export const reportShape = shapeOf<ReportView>()(
  'Report',
  z.object({
    id,
    chatId: id,
    message: messageShape,
    reporter: userRefShape,
    reason: z.string().nullable(),
    createdAt: time,
    status: z.enum(['open', 'settled']),
    outcome: z.string().nullable(),
    settledBy: userRefShape.nullable(),
    settledAt: time.nullable(),
    reportCount: count,
  }),
)

const webhookFields = {
  id,
  direction: z.enum(['out', 'in']),
  name: z.string().nullable(),
  url: z.string().nullable().meta({ description: 'null to members' }),
  events: z.array(z.string()).nullable().meta({ description: 'empty for all; null for one that leads in' }),
  botId: id.nullable(),
  createdBy: userRefShape,
  createdAt: time,
  status: z.enum(['active', 'disabled', 'deleted']),
  disabledWhy: z.enum(['failing', 'creator']).nullable(),
}

const deliveryShape = shapeOf<DeliveryState>()(
  'Delivery',
  z.object({
    deliveredUpTo: count.meta({ description: 'version of the chat' }),
    lastDeliveredAt: time.nullable(),
    failures: count.meta({ description: 'in a row' }),
    lastFailure: z.object({ at: time, reason: z.string() }).nullable(),
    nextAttemptAt: time.nullable(),
  }),
)

export const webhookShape = shapeOf<WebhookView & { delivery: DeliveryState | null }>()(
  'Webhook',
  z.object({ ...webhookFields, delivery: deliveryShape.nullable().meta({ description: 'null to members' }) }),
)

export const replayShape = z.object({ afterVersion: count }).meta({ id: 'Replay' })

export const newWebhookShape = z
  .object({ ...webhookFields, secret: z.string().meta({ description: 'signs what is sent; shown only here' }) })
  .meta({ id: 'NewWebhook' })

export const newIncomingWebhookShape = z
  .object({ ...webhookFields, url: z.string().meta({ description: 'holds the secret; shown only here' }) })
  .meta({ id: 'NewIncomingWebhook' })

export const anyObjectShape: z.ZodType<object> = z.looseObject({})

export const frameShape = z.object({ event: z.string(), payload: anyObjectShape }).meta({ id: 'Frame' })

const health = z.enum(['ok', 'degraded', 'unavailable'])
const component = z.object({ status: health, latencyMs: z.number().nullable(), reason: z.string().nullable() })

export const readinessShape = z
  .object({
    status: health,
    components: z.object({
      eventStore: component.extend({ kind: z.enum(['eventstoredb', 'postgres']) }),
      postgres: component,
      /** The database of the keys. */
      keys: component,
      /** Whether the main database can write. */
      disk: component,
      /** Degraded where an event is forged, or the tables of the audit chain are not protected. */
      audit: component,
      /** Unavailable where it is not known which are revoked: requests are answered 503. */
      sessions: component,
      /** Null where it is not configured. */
      redis: component.nullable(),
      realtime: z.object({ status: health, position: z.string(), reason: z.string().nullable() }),
      /** Degraded at 30 s behind the log; null where the lag is not known. */
      projections: z.record(z.string(), z.looseObject({ status: z.string(), lagSeconds: z.number().nullable() })),
    }),
  })
  .meta({ id: 'Readiness' })

export type Readiness = z.infer<typeof readinessShape>

const failureShape = z.object({
  /** The event that cannot be applied; null where the file of an analyst's projection cannot be used at all. */
  position: z.string().nullable(),
  stream: z.string().nullable(),
  eventType: z.string().nullable(),
  code: z.string(),
  at: time,
  /** Of an analyst's projection alone; null where the message could repeat personal data. */
  message: z.string().nullable().exactOptional(),
  file: z.string().nullable().exactOptional(),
  line: z.int().nullable().exactOptional(),
})

export const projectionStateShape = shapeOf<ProjectionState>()(
  'Projection',
  z.object({
    name: z.string(),
    version: z.int(),
    /** Null before its tables were made. */
    generation: z.int().nullable(),
    status: z.enum(['live', 'rebuilding', 'paused', 'stopped']),
    /** Why an analyst's projection is stopped, where nobody has stopped it. */
    reason: z.string().nullable(),
    position: z.string(),
    headPosition: z.string(),
    lagEvents: count,
    lagSeconds: z.number().nullable(),
    /** Whether numbers of events are estimates. */
    estimated: z.boolean(),
    failure: failureShape.nullable(),
    rebuild: z
      .object({
        done: count,
        total: count,
        eventsPerSecond: z.number().nullable(),
        secondsLeft: z.number().nullable(),
        /** Only to be compared with the tables in use. */
        comparing: z.boolean(),
        /** Whether it is the rebuild that pauses, not the tables in use. */
        paused: z.boolean(),
      })
      .nullable(),
  }),
)

export const projectionDifferencesShape = z
  .object({
    at: time,
    tables: z.record(
      z.string(),
      z.object({
        count,
        /** At most 100. */
        rows: z.array(
          z.object({
            key: z.record(z.string(), z.unknown()),
            /** Null where only one of both has the row. */
            fields: z.array(z.string()).nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'ProjectionDifferences' })

export const auditEntryShape = shapeOf<AuditEntry>()(
  'AuditEntry',
  z.object({
    ordinal: z.int().min(1),
    position: z.string(),
    event: z.string(),
    userId: id.nullable(),
    targetUserId: id.nullable(),
    chatId: id.nullable(),
    messageId: id.nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    correlationId: z.string(),
    at: time,
    details: z.record(z.string(), z.json()),
    hash: z.string().nullable(),
  }),
)

const hex = z.string().regex(/^[\da-f]+$/)
const digest = hex.length(64)
const ordinal = z.int().min(1)

const entryFields = {
  ordinal,
  stream: z.string(),
  version: z.int().min(1),
  id,
  type: z.string(),
  at: z.string(),
  dataDigest: digest,
  metadataDigest: digest,
}

const checkpointFields = { ordinal, hash: digest, treeHead: digest, at: time, kid: z.string(), signature: hex }

const anchorShape = z.object({
  target: z.string(),
  at: time,
  proof: z.string().nullable().meta({ description: 'the answer of a time-stamp authority (RFC 3161), in base64' }),
})

export const checkpointShape = shapeOf<SignedCheckpoint>()(
  'Checkpoint',
  z.object({ ...checkpointFields, anchors: z.array(anchorShape) }),
)

export const signingKeyShape = shapeOf<PublicSigningKey>()(
  'SigningKey',
  z.object({
    kid: z.string(),
    publicKey: z.string().meta({ description: 'an Ed25519 key, in PEM' }),
    isActive: z.boolean().meta({ description: 'whether new checkpoints are signed with it' }),
  }),
)

export const receiptShape = shapeOf<Receipt>()(
  'Receipt',
  z.object({
    entry: z.object({ previousHash: digest, ...entryFields }),
    proof: z.object({ leaf: ordinal, size: ordinal, path: z.array(digest) }),
    checkpoint: z.object(checkpointFields),
    anchors: z.array(anchorShape),
  }),
)

const treeShape = z.object({ size: ordinal, treeHead: digest })

export const consistencyShape = shapeOf<Consistency>()(
  'Consistency',
  z.object({ from: treeShape, to: treeShape, path: z.array(digest) }),
)

export const verificationShape = shapeOf<VerificationState>()(
  'Verification',
  z.object({
    id,
    status: z.enum(['running', 'done', 'cancelled', 'failed']),
    startedAt: time,
    done: count,
    total: count,
    ok: z.boolean().nullable(),
    head: z.object({ ordinal: count, hash: digest, treeHead: digest }).nullable(),
    signedUpTo: count.nullable(),
    anchoredUpTo: count.nullable(),
    firstDivergence: z.object({ ordinal, reason: z.enum(divergenceReasons) }).nullable(),
  }),
)

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string(),
    instance: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retryAfterSeconds: z.int().min(1).optional(),
  })
  .meta({ id: 'Problem' })

const pastParticipantShape = shapeOf<PastParticipant>()(
  'PastParticipant',
  z.object({ ...userRefFields, ...ownerFields, role, joinedAt: time }),
)

export const pastChatShape = shapeOf<PastChat>()(
  'PastChat',
  z.object({
    chat: sharedChatShape,
    version: count,
    position: z.string().meta({ description: 'of the last event that it includes' }),
    recordedAt: time.meta({ description: 'of that event' }),
    participants: z.array(pastParticipantShape),
    moreParticipants: z.string().nullable().meta({ description: '`participantsAfter` of the next page' }),
    pins: z.array(z.object({ messageId: id, seq: count, pinnedBy: userRefShape, pinnedAt: time })),
    messages: z.array(messageShape),
  }),
)

export const pastUserShape = shapeOf<PastUser>()(
  'PastUser',
  z.object({
    ...userRefFields,
    ...ownerFields,
    statusText: z.string().nullable(),
    addableBy: z.enum(['everyone', 'shared-chat', 'nobody']),
    createdAt: time,
    updatedAt: time,
    roles: z.array(z.enum(accountRoles)),
    status: z.enum(['active', 'deactivated']),
    version: count.meta({ description: 'of the stream of the user' }),
  }),
)
