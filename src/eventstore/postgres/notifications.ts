import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { attempt } from '../../async/attempt.js'
import type { FailureReport } from '../../async/outage.js'
import { createSharedOutage } from '../../async/shared-outage.js'
import { withTimeout } from '../../async/with-timeout.js'

const CHANNEL = 'parley_events'
/** At most one NOTIFY in this time: fifty a second are enough. */
const NOTIFY_EVERY_MS = 20
/** Before connecting or announcing again. */
const RETRY_MS = 500
/** For connecting, announcing and closing, each. */
const TIMEOUT_MS = 10_000

/** Between processes on one log: "read again". Any of them may get lost; followers have a timer as well. */
export interface Notifications extends AsyncDisposable {
  /** Tells the others, at once or together with what follows shortly. */
  announce(): void
}

/**
 * Listens on a connection of its own, and connects again for as long as it takes. It announces in statements of their own, after
 * the commit: a NOTIFY inside the append's transaction would hold a database-wide lock over its fsync. An outage of either is
 * reported as `event-log-notifications`: meanwhile events are found by polling.
 */
export function openNotifications(
  pool: pg.Pool,
  connectionString: string,
  onNotified: () => void,
  report: FailureReport,
): Notifications {
  const outage = createSharedOutage('event-log-notifications', report)
  const announcements = outage.part()
  const connection = outage.part()
  const self = randomUUID()
  const closing = new AbortController()
  const { signal } = closing
  const listening = listenOn()
  let announcing: Promise<void> | null = null
  let wanted = false

  async function announceAll(): Promise<void> {
    while (wanted) {
      wanted = false
      const isSent = await attempt(announcements, notifyOthers, false)
      wanted ||= !isSent && !signal.aborted
      const pauseMs = isSent ? NOTIFY_EVERY_MS : RETRY_MS
      await pause(pauseMs, undefined, { signal }).catch(() => undefined) // closing ends the pause
    }
    announcing = null
  }

  async function notifyOthers(): Promise<boolean> {
    await withTimeout(TIMEOUT_MS, pool.query('select pg_notify($1, $2)', [CHANNEL, self]))
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
    client.on('notification', ({ payload }) => {
      if (payload !== self) onNotified()
    })
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
      connection.succeeded()
      onNotified() // for what was announced while this connection was down
      await once(client, 'end', { signal })
    } finally {
      await withTimeout(TIMEOUT_MS, client.end())
    }
  }

  return {
    announce() {
      wanted = true
      announcing ??= announceAll()
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all([announcing, listening])
    },
  }
}
