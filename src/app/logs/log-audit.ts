import type winston from 'winston'
import type { PrivilegedAccesses } from '../../security/privileged-accesses.js'
import type { SecurityEvents } from '../../security/security-events.js'

export type AuditLog = Pick<winston.Logger, 'info'>

interface Audited {
  events: SecurityEvents
  accesses: PrivilegedAccesses
}

/** Has each security event and each read by virtue of a role in the audit log too: who and what, no address and no content. */
export const logAudit = ({ events, accesses }: Audited, log: AuditLog): Audited => ({
  events: {
    record(event) {
      log.info(event.type, { aboutUserId: event.userId })
      events.record(event)
    },
  },
  accesses: {
    begin(access) {
      log.info('privileged-access', { operation: access.operation })
      return accesses.begin(access)
    },
    [Symbol.asyncDispose]: () => accesses[Symbol.asyncDispose](),
  },
})
