import { createHmac, type KeyObject } from 'node:crypto'
import { createOutage, type FailureReport } from '../async/outage.js'
import { CHATS_MADE_LIMIT, PEOPLE_ADDED_LIMIT } from '../commands/chat-limits.js'
import { BOT_MESSAGES_LIMIT } from '../commands/message-limit.js'
import type { ClientInfo } from '../domain/client-info.js'
import { securityKinds } from '../domain/security/events.js'
import { registrationLimits } from '../identity/accounts/registration-guard.js'
import { LINK_RATE_LIMIT } from '../identity/mail/link-rate-limit.js'
import { passwordLimits } from '../identity/passwords/password-guard.js'
import { deriveKey } from '../privacy/derive-key.js'
import type { PrivilegedAccesses } from '../security/privileged-accesses.js'
import { createSecurityEvents, type SecurityEvents } from '../security/security-events.js'
import { createSecurityWriter } from '../security/security-writer.js'
import type { Core } from './core.js'
import type { Metrics } from './metrics.js'
import { logAudit, type AuditLog } from './logs/log-audit.js'
import { newNodeName } from './node-name.js'
import { startPrivilegedAccesses } from './start-privileged-accesses.js'
import type { Releases } from './release.js'

/** Called for each request that a rate limit refuses. */
export type OnLimited = (limit: string, client: ClientInfo, userId: string | null) => void

/** For what no request caused. */
export const NO_CLIENT: ClientInfo = { ip: '', userAgent: '' }

const RATE_LIMITS = [
  'messages',
  'requests',
  'address',
  'refused-messages',
  'connections',
  LINK_RATE_LIMIT,
  BOT_MESSAGES_LIMIT,
  CHATS_MADE_LIMIT,
  PEOPLE_ADDED_LIMIT,
  ...registrationLimits,
  ...passwordLimits,
]

export interface Security {
  events: SecurityEvents
  accesses: PrivilegedAccesses
  onLimited: OnLimited
  /** Recognises a text without storing it: a keyed hash. */
  hash(text: string): string
}

/** Security events, which have a writer to the log of their own, and their counts. */
export function startSecurity(
  { log, sealer, clock, installationKey }: Pick<Core, 'log' | 'sealer' | 'clock' | 'installationKey'>,
  {
    metrics,
    report,
    auditLog,
    nodeSuffix = '',
  }: { metrics: Metrics; report: FailureReport; auditLog: AuditLog | null; nodeSuffix?: string },
  releases: Releases,
): Security {
  for (const type of securityKinds) metrics.securityEvents.inc({ type }, 0)
  for (const limit of RATE_LIMITS) metrics.rateLimited.inc({ limit }, 0)
  const hash = keyedHash(installationKey)
  const outage = createOutage('security-events', report)
  const writer = createSecurityWriter({ log, sealer, clock, node: newNodeName(nodeSuffix), outage })
  const recorder = releases.add(
    createSecurityEvents({
      append: writer.append,
      outage,
      hash,
      clock,
      onRecorded: (type) => metrics.securityEvents.inc({ type }),
      onDropped: (count) => metrics.securityEventsDropped.inc(count),
    }),
  )
  const accesses = startPrivilegedAccesses({ log, sealer, clock, nodeSuffix }, report, releases)
  const recorded = { events: recorder, accesses }
  const { events, ...audited } = auditLog === null ? recorded : logAudit(recorded, auditLog)
  return {
    events,
    ...audited,
    hash,
    onLimited(limit, { ip, userAgent }, userId) {
      metrics.rateLimited.inc({ limit })
      events.record({ type: 'rate-limited', ip, userAgent, ...(userId !== null && { userId }) })
    },
  }
}

function keyedHash(installationKey: KeyObject): (text: string) => string {
  const key = deriveKey(installationKey, 'parley/security-subject/1')
  return (text) => createHmac('sha256', key).update(text).digest('base64url')
}
