import { z } from 'zod'
import type { SignedCheckpoint } from '../../audit/proofs/audit-proofs.js'
import type { Consistency, Receipt } from '../../audit/proofs/receipt.js'
import type { PublicSigningKey } from '../../audit/checkpoints/signing-keys.js'
import { divergenceReasons } from '../../audit/verification/divergence.js'
import type { VerificationState } from '../../audit/verification/verifications.js'
import type { ChainStream } from '../../audit/chain/entry-table.js'
import type { RawEvent } from '../../audit/raw/raw-event.js'
import type { AuditEntry } from '../../projections/audit-trail/audit-entry.js'
import { id, time, count } from './fields.js'
import { shapeOf } from './shape-of.js'

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

export const rawEventShape = shapeOf<RawEvent>()(
  'RawEvent',
  z.object({
    ordinal: z.int().min(1).nullable().meta({ description: 'null until the audit chain has the event' }),
    position: z.string(),
    stream: z.string(),
    version: z.int().min(1),
    id,
    type: z.string(),
    schemaVersion: z.int().nullable(),
    at: z.string(),
    data: z.unknown().meta({ description: 'JSON; text where what is stored is not JSON' }),
    metadata: z.unknown().meta({ description: 'JSON; text where what is stored is not JSON' }),
  }),
)

export const streamShape = shapeOf<ChainStream>()(
  'Stream',
  z.object({ stream: z.string(), version: z.int().min(1).meta({ description: 'of its last event' }) }),
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
