import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { attempt } from '../async/attempt.js'
import type { FailureReport } from '../async/outage.js'
import { createSharedOutage } from '../async/shared-outage.js'
import { withTimeout } from '../async/with-timeout.js'

/** At most one NOTIFY in this time: fifty a second are enough. */
const NOTIFY_EVERY_MS = 20
/** Before connecting or announcing again. */
const RETRY_MS = 500
/** For connecting, announcing and closing, each. */
const TIMEOUT_MS = 10_000

/** Between processes on one database: "read again". Any of them may get lost; whoever relies on them has a timer as well. */
export interface Notifications extends AsyncDisposable {
  /** Tells the others, at once or together with what follows shortly; the same subject only once then. */
  announce(subject: string): void
}

export interface NotificationOptions {
  /** Announces. */
  pool: pg.Pool
  /** The same database again, for the connection that listens. */
  connectionString: string
  channel: string
  /** Receives outages of announcing and of listening, under this name. */
  report: FailureReport
  name: string
  /** Called with what another process announced; with null whenever listening begins, for what was announced until then. */
  onNotified(subject: string | null): void
}

/**
 * Listens on a connection of its own, and connects again for as long as it takes. It announces in statements of their own, after
 * the commit: a NOTIFY inside a transaction that writes would hold a database-wide lock over its fsync.
 */
export function openNotifications(options: NotificationOptions): Notifications {
  const { pool, connectionString, channel, report, name, onNotified } = options
  const outage = createSharedOutage(name, report)
  const announcements = outage.part()
  const connection = outage.part()
  const self = randomUUID()
  const closing = new AbortController()
  const { signal } = closing
  const listening = listenOn()
  let announcing: Promise<void> | null = null
  const waiting = new Set<string>()

  async function announceAll(): Promise<void> {
    while (waiting.size > 0) {
      const subjects = [...waiting]
      waiting.clear()
      const isSent = await attempt(announcements, () => notifyOthers(subjects), false)
      if (!isSent && !signal.aborted) for (const subject of subjects) waiting.add(subject)
      const pauseMs = isSent ? NOTIFY_EVERY_MS : RETRY_MS
      await pause(pauseMs, undefined, { signal }).catch(() => undefined) // closing ends the pause
    }
    announcing = null
  }

  async function notifyOthers(subjects: string[]): Promise<boolean> {
    const payloads = subjects.map((subject) => `${self} ${subject}`)
    await withTimeout(TIMEOUT_MS, pool.query('select pg_notify($1, p) from unnest($2::text[]) p', [channel, payloads]))
    return true
  }

  async function listenOn(): Promise<void> {
    while (!signal.aborted) {
      await listen().catch(connectionLost)
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined) // closing ends the pause
    }
  }

  /** Once it is closing, the connection is meant to end. */
  function connectionLost(error: unknown): void {
    if (!signal.aborted) connection.failed(error)
  }

  /** Until the connection is lost, or the signal aborts. */
  async function listen(): Promise<void> {
    const client = new pg.Client({ connectionString, keepAlive: true, connectionTimeoutMillis: TIMEOUT_MS })
    client.on('error', connectionLost) // the wait for `end` below goes on
    client.on('notification', ({ payload = '' }) => {
      const from = payload.slice(0, self.length)
      if (from !== self) onNotified(payload.slice(self.length + 1))
    })
    try {
      await client.connect()
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      connection.succeeded()
      onNotified(null)
      await once(client, 'end', { signal })
    } finally {
      await withTimeout(TIMEOUT_MS, client.end())
    }
  }

  return {
    announce(subject) {
      waiting.add(subject)
      announcing ??= announceAll()
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all([announcing, listening])
    },
  }
}
