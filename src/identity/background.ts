import pLimit from 'p-limit'
import { errorCode } from './error-code.js'

/** Work that runs after the answer was sent, so that response times reveal nothing about it. */
export interface Background extends AsyncDisposable {
  /** Returns at once and never throws; a failure is logged. */
  run(name: string, work: () => Promise<void>): void
}

const MAX_CONCURRENT = 4
const MAX_WAITING = 1_000

/** Disposal waits for work under way. */
export function createBackground(log: { warn(message: string, about: object): unknown }): Background {
  const limited = pLimit(MAX_CONCURRENT)
  const waiting = new Set<Promise<void>>()
  return {
    run(name, work) {
      if (waiting.size >= MAX_WAITING) {
        log.warn('background work dropped: the queue is full', { work: name })
        return
      }
      const working = limited(work)
        .catch((error: unknown) => log.warn('background work failed', { work: name, cause: errorCode(error) }))
        .then(() => void waiting.delete(working))
      waiting.add(working)
    },
    async [Symbol.asyncDispose]() {
      while (waiting.size > 0) await Promise.all(waiting)
    },
  }
}
