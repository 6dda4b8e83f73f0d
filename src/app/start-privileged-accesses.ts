import { createOutage, type FailureReport } from '../async/outage.js'
import { createPrivilegedAccesses, type PrivilegedAccesses } from '../security/privileged-accesses.js'
import { createSecurityWriter, type SecurityWriterDeps } from '../security/security-writer.js'
import { newNodeName } from './node-name.js'
import type { Releases } from './release.js'

/** In a stream of their own, so that no read waits behind security events. */
export function startPrivilegedAccesses(
  {
    log,
    sealer,
    clock,
    nodeSuffix = '',
  }: Pick<SecurityWriterDeps, 'log' | 'sealer' | 'clock'> & { nodeSuffix?: string },
  report: FailureReport,
  releases: Releases,
): PrivilegedAccesses {
  const outage = createOutage('privileged-accesses', report)
  const writer = createSecurityWriter({ log, sealer, clock, node: newNodeName(nodeSuffix), outage })
  return releases.add(createPrivilegedAccesses({ writer, onLost: (error) => outage.failed(error) }))
}
