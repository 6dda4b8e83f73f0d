import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { ErasureStep } from '../erasure/erasure-steps.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { Mailer } from '../identity/mail/mailer.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'

/** What a test may put in place of the real thing. */
export interface Overrides {
  clock?: () => Date
  /** Puts something between the commands and the log, to inject faults. */
  wrapLog?: (log: EventLog) => EventLog
  /** In place of a mail server. */
  mailer?: Mailer
  /** The web, as link previews and webhooks see it. */
  safeFetch?: SafeFetch
  /** Receives spans at once, in place of a collector. */
  spanExporter?: SpanExporter
  /** How long a request waits for the read models; 2 s by default, which is little on a busy machine. */
  readModelWaitMs?: number
  /** How long an analyst's projection may take for one batch. */
  projectionDeadlineMs?: number
  /** Called before each step of an erasure, which waits for it. */
  beforeErasureStep?: (step: ErasureStep, userId: string) => Promise<void>
  /** Called before the keys of expired months are destroyed, and before the log says so, which wait for it. */
  beforeExpiryStep?: (step: 'keys' | 'log', chatId: string) => Promise<void>
}
