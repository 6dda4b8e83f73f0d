import type { EventLog } from '../../src/eventstore/event-log.js'

/** The log, whose appends wait at a gate until it is opened: what comes meanwhile waits together. */
export function gatedLog(log: EventLog): { log: EventLog; open: () => void } {
  const gate = Promise.withResolvers<null>()
  return {
    log: {
      ...log,
      async append(...call) {
        await gate.promise
        return log.append(...call)
      },
    },
    open: () => gate.resolve(null),
  }
}
