import type { AnyEvent } from '../domain/any-event.js'
import type { Decided, PublicEvent } from '../domain/event.js'
import type { FeatureFlagChanged } from '../domain/log/events.js'
import { appendToLogStream, type LogStreamDeps } from '../privacy/log-stream.js'

type Definitions = ReadonlyMap<string, string>

/** Records in the log which flags have other rules than it has last recorded: each change once, however many nodes see it. */
export const recordChanges = (definitions: Definitions, deps: LogStreamDeps): Promise<void> =>
  appendToLogStream((events) => changesBetween(recordedIn(events), definitions), deps)

function recordedIn(events: readonly PublicEvent<AnyEvent>[]): Definitions {
  const recorded = new Map<string, string>()
  for (const event of events) {
    if (event.type !== 'FeatureFlagChanged') continue
    if (event.to === null) recorded.delete(event.flag)
    else recorded.set(event.flag, event.to)
  }
  return recorded
}

const changesBetween = (before: Definitions, after: Definitions): Decided<FeatureFlagChanged>[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .map((flag) => ({
      type: 'FeatureFlagChanged' as const,
      flag,
      from: before.get(flag) ?? null,
      to: after.get(flag) ?? null,
      by: 'system:flags',
    }))
    .filter(({ from, to }) => from !== to)
