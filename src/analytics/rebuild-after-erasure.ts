import { createOutage, type FailureReport } from '../async/outage.js'
import { createSignal } from '../async/signal.js'
import type { Pool } from 'pg'
import type { EventLog } from '../eventstore/event-log.js'
import { beginGeneration, readGenerations } from './database/checkpoints.js'

export interface RebuildAfterErasureDeps {
  pool: Pool
  log: Pick<EventLog, 'start'>
  /** Calls the listener after each destruction of a key. */
  onDestroyed(listener: () => void): void
  report: FailureReport
}

/** Destructions of keys gather for so long, since an erasure or the end of a retention destroys many. */
const GATHER_MS = 1_000

/**
 * Has all projections built again after keys were destroyed, where they receive personal fields: their tables hold what those keys had opened.
 * A build that runs begins again.
 */
export function rebuildAfterErasure({ pool, log, onDestroyed, report }: RebuildAfterErasureDeps): AsyncDisposable {
  const stop = new AbortController()
  const { signal } = stop
  const destroyed = createSignal()
  const outage = createOutage('projections-erasure', report)
  onDestroyed(() => destroyed.notify())

  async function rebuildAll(): Promise<void> {
    const names = new Set((await readGenerations(pool)).map(({ name }) => name))
    for (const name of names) await beginGeneration(pool, name, 0, log.start)
  }

  async function run(): Promise<void> {
    let handled = 0
    const isStopped = (): boolean => signal.aborted
    while (!isStopped()) {
      await destroyed.wait(handled, undefined, signal)
      if (isStopped()) return
      await destroyed.wait(Infinity, GATHER_MS, signal)
      const { count } = destroyed
      await rebuildAll().then(() => {
        handled = count
        outage.succeeded()
      }, outage.failed)
    }
  }

  const running = run()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
