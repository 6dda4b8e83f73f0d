import { limitConcurrency } from '../async/limit-concurrency.js'
import { errorCode } from './error-code.js'

/** Work that goes on after the answer, so that the answer's time tells nothing of it. */
export interface Background extends AsyncDisposable {
  /** Returns at once and never throws; a failure is logged. */
  run(name: string, work: () => Promise<void>): void
}

const AT_ONCE = 4
const MAX_WAITING = 1_000

/** The end waits for what is under way. */
export function createBackground(log: { warn(message: string, about: object): unknown }): Background {
  const inTurn = limitConcurrency(AT_ONCE)
  const waiting = new Set<Promise<void>>()
  return {
    run(name, work) {
      if (waiting.size >= MAX_WAITING) {
        log.warn('too much to do: dropped', { work: name })
        return
      }
      const working = inTurn(work)
        .catch((error: unknown) => log.warn('failed after the answer', { work: name, cause: errorCode(error) }))
        .then(() => void waiting.delete(working))
      waiting.add(working)
    },
    async [Symbol.asyncDispose]() {
      while (waiting.size > 0) await Promise.all(waiting)
    },
  }
}
