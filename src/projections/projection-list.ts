import type { EventReader } from '../privacy/event-reader.js'
import { createAuditTrail } from './audit-trail/audit-trail.js'
import { createConversations } from './conversations/conversations.js'
import { createDecisionIndexProjection } from './decision-index/decision-index.js'
import type { Projection } from './engine/projection.js'
import { createRevocationsProjection } from './revocations/revocations.js'

/** The read side as one table. */
export const createProjectionList = (reader: EventReader) =>
  ({
    conversations: createConversations(reader),
    decisionIndex: createDecisionIndexProjection(reader),
    revocations: createRevocationsProjection(reader),
    auditTrail: createAuditTrail(reader),
  }) satisfies Record<string, Projection>

/** Names that no projection of an analyst may have; lists show the audit chain like a projection. */
export const ownProjectionNames: ReadonlySet<string> = new Set([
  'conversations',
  'decision_index',
  'revocations',
  'audit_trail',
  'audit_chain',
])

export type ProjectionList = ReturnType<typeof createProjectionList>
