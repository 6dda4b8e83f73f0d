import type { Upcaster } from '../upcast.js'
import type { SecurityEvent } from './events.js'

export const securityUpcasters: Record<SecurityEvent['type'], readonly Upcaster[]> = {
  SecurityEventRecorded: [],
  PrivilegedAccessStarted: [],
  PrivilegedAccessEnded: [],
}
