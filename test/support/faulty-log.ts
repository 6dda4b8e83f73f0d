import { UnknownOutcomeError, type EventLog } from '../../src/eventstore/event-log.js'

/** What becomes of one append: it goes through, it is lost on the way there, or its answer is lost on the way back. */
export type AppendFate = 'fine' | 'lost-before' | 'lost-after'

/** A log whose appends meet the fates given, one after another; fine once they are used up. */
export function faultyLog(log: EventLog, fates: Iterable<AppendFate>): EventLog {
  const next = fates[Symbol.iterator]() as Iterator<AppendFate, undefined>
  return Object.assign(Object.create(log) as EventLog, {
    async append(...call: Parameters<EventLog['append']>) {
      const fate = next.next().value ?? 'fine'
      if (fate === 'lost-before') throw new UnknownOutcomeError('lost on the way there')
      const result = await log.append(...call)
      if (fate === 'lost-after') throw new UnknownOutcomeError('the answer was lost')
      return result
    },
  })
}
