import { randomBytes } from 'node:crypto'
import { createOutage, type FailureReport } from '../async/outage.js'
import { createPrivilegedAccesses, type PrivilegedAccesses } from '../security/privileged-accesses.js'
import { createSecurityWriter, type SecurityWriterDeps } from '../security/security-writer.js'
import type { Releases } from './release.js'

/** In a stream of their own, so that no read waits behind security events. */
export function startPrivilegedAccesses(
  { log, sealer, clock }: Pick<SecurityWriterDeps, 'log' | 'sealer' | 'clock'>,
  report: FailureReport,
  releases: Releases,
): PrivilegedAccesses {
  const outage = createOutage('privileged-accesses', report)
  const writer = createSecurityWriter({ log, sealer, clock, node: randomBytes(6).toString('hex'), outage })
  return releases.add(createPrivilegedAccesses({ writer, onLost: (error) => outage.failed(error) }))
}
