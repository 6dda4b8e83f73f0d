import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { errorCode } from '../error-code.js'
import type { MailContent } from './mail-templates.js'
import type { Mailer } from './mailer.js'

export interface MailQueue extends AsyncDisposable {
  /** Returns at once and never throws: a failed mail is retried, and after the last attempt logged and dropped. */
  send(to: string, mail: MailContent): void
}

export interface MailQueueDeps {
  mailer: Mailer
  log: { warn(message: string, about: object): unknown }
  /** Waits before the next attempt; rejects when the signal aborts. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** Mails beyond this are dropped. */
  maxWaiting?: number
  /** How long disposal waits for mails that are being sent. */
  finishMs?: number
}

const MAX_CONCURRENT = 2
const RETRY_PAUSES_MS = [1_000, 10_000, 60_000]

/**
 * Mails waiting in memory: those not sent when the process dies are lost, and users can ask again. A mail that waits for its next
 * attempt does not delay the others.
 */
export function createMailQueue({ mailer, log, ...options }: MailQueueDeps): MailQueue {
  const { pause = sleepFor, maxWaiting = 1_000, finishMs = 5_000 } = options
  const limited = pLimit(MAX_CONCURRENT)
  const waiting = new Set<Promise<void>>()
  const stop = new AbortController()

  async function deliver(to: string, { kind, subject, text }: MailContent): Promise<void> {
    for (const [index, ms] of [...RETRY_PAUSES_MS, null].entries()) {
      try {
        await limited(() => mailer.deliver({ to, subject, text }))
        return
      } catch (error) {
        log.warn('mail not sent', { kind, attempt: index + 1, isLast: ms === null, cause: errorCode(error) })
        if (ms === null) return
      }
      await pause(ms, stop.signal)
    }
  }

  return {
    send(to, mail) {
      if (waiting.size >= maxWaiting) {
        log.warn('mail dropped: the queue is full', { kind: mail.kind })
        return
      }
      const sending = deliver(to, mail)
        .catch(() => log.warn('mail dropped: shutting down', { kind: mail.kind }))
        .then(() => void waiting.delete(sending))
      waiting.add(sending)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      const timeout = new AbortController()
      await Promise.race([
        Promise.all(waiting),
        sleep(finishMs, undefined, { signal: timeout.signal }).catch(() => undefined),
      ])
      timeout.abort()
      mailer.close()
    },
  }
}

const sleepFor = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal })
