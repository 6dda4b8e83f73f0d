import { setTimeout as sleep } from 'node:timers/promises'
import { revokingStreams, type Revocation } from '../../domain/revocation.js'
import type { EventLog, Position } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'
import { createProgress, type Progress } from '../engine/progress.js'
import { revocationsIn } from './revocations.js'

export interface FollowRevocationsDeps {
  log: EventLog
  reader: Pick<EventReader, 'decode'>
  /** Where the revocations that were loaded end. */
  after: Position
  note(revocation: Revocation): void
  /** Told once for each failure, not for its repeats. */
  onFailure(error: unknown): void
  /** Pause after the first failure, doubling up to 30 s. */
  retryMs?: number
}

/**
 * Notes revocations as the log gets them. One that cannot be read (a later release wrote it) stops it there: from then on it is not up
 * to date, and whoever relies on it must see by `progress` that it is not.
 */
export function followRevocations(deps: FollowRevocationsDeps): AsyncDisposable & { progress: Progress } {
  const { log, reader, after, note, onFailure, retryMs = 200 } = deps
  const progress = createProgress(after, (a, b) => log.comparePositions(a, b))
  const stop = new AbortController()
  const { signal } = stop
  let failures = 0

  async function follow(): Promise<void> {
    for await (const { events, position } of log.follow(progress.position, {
      streamPrefixes: revokingStreams,
      signal,
    })) {
      for (const revocation of revocationsIn(reader, events)) note(revocation)
      progress.moveTo(position)
      failures = 0
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await follow()
      } catch (error) {
        if (stop.signal.aborted) return
        if (failures++ === 0) onFailure(error)
        await sleep(Math.min(30_000, retryMs * 2 ** (failures - 1)), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  const running = run()
  return {
    progress,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
