import type { Upcaster } from '../upcast.js'
import type { LogEvent } from './events.js'

export const logUpcasters: Record<LogEvent['type'], readonly Upcaster[]> = {
  LogOpened: [],
  LogCopied: [],
  LogRestored: [],
  ProjectionEventSkipped: [],
  FeatureFlagChanged: [],
}
