import { setTimeout as sleep } from 'node:timers/promises'
import { limitConcurrency } from '../../async/limit-concurrency.js'
import { errorCode } from '../error-code.js'
import type { Letter } from './letters.js'
import type { Mailer } from './mailer.js'

export interface MailQueue extends AsyncDisposable {
  /** Returns at once and never throws: what cannot be sent is tried again, and in the end logged and forgotten. */
  send(to: string, letter: Letter): void
}

export interface MailQueueDeps {
  mailer: Mailer
  log: { warn(message: string, about: object): unknown }
  /** Waits before the next try; ends early, by throwing, when the signal says so. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** More wait nowhere: they are dropped. */
  mostWaiting?: number
  /** How long the end waits for mails under way. */
  finishMs?: number
}

const AT_ONCE = 2
const PAUSES_MS = [1_000, 10_000, 60_000]

/**
 * Mails that wait to be sent, in memory: what is not sent when the process dies is lost, and people ask again. A mail that waits for its
 * next try holds up no other.
 */
export function createMailQueue({ mailer, log, ...options }: MailQueueDeps): MailQueue {
  const { pause = sleepFor, mostWaiting = 1_000, finishMs = 5_000 } = options
  const inTurn = limitConcurrency(AT_ONCE)
  const waiting = new Set<Promise<void>>()
  const stop = new AbortController()

  async function deliver(to: string, { kind, subject, text }: Letter): Promise<void> {
    for (const [index, ms] of [...PAUSES_MS, null].entries()) {
      try {
        await inTurn(() => mailer.deliver({ to, subject, text }))
        return
      } catch (error) {
        log.warn('mail not sent', { kind, attempt: index + 1, isLast: ms === null, cause: errorCode(error) })
        if (ms === null) return
      }
      await pause(ms, stop.signal)
    }
  }

  return {
    send(to, letter) {
      if (waiting.size >= mostWaiting) {
        log.warn('mail dropped: too many wait', { kind: letter.kind })
        return
      }
      const sending = deliver(to, letter)
        .catch(() => log.warn('mail dropped: the process ends', { kind: letter.kind }))
        .then(() => void waiting.delete(sending))
      waiting.add(sending)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      const late = new AbortController()
      await Promise.race([
        Promise.all(waiting),
        sleep(finishMs, undefined, { signal: late.signal }).catch(() => undefined),
      ])
      late.abort()
      mailer.close()
    },
  }
}

const sleepFor = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal })
