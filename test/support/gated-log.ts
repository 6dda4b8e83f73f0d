import type { EventLog } from '../../src/eventstore/event-log.js'

/** The log, whose appends are held until `open` is called; those that come meanwhile wait together. */
export function gatedLog(log: EventLog): { log: EventLog; open: () => void } {
  const held = Promise.withResolvers<null>()
  return {
    log: {
      ...log,
      async append(...call) {
        await held.promise
        return log.append(...call)
      },
    },
    open: () => held.resolve(null),
  }
}
