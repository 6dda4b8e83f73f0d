import type { Page, Position, RecordedEvent } from '../eventstore/event-log.js'
import { readBackup } from './read-backup.js'
import { toEvent } from './to-event.js'

/** The events of a backup as a log that is read once, from its start: positions are ordinals. */
export interface BackupLog extends AsyncDisposable {
  start: Position
  /** `after` never goes back behind an earlier call. */
  readAll(after: Position, limit: number): Promise<Page>
  comparePositions(a: Position, b: Position): number
}

/** The first `count` events. */
export function openBackupLog(file: string, count: number): BackupLog {
  const events = readEvents(file, count)
  let held: RecordedEvent[] = []

  async function fill(limit: number): Promise<void> {
    while (held.length < limit) {
      const next = await events.next()
      if (next.done === true) return
      held.push(next.value)
    }
  }

  return {
    start: '0',
    async readAll(after, limit) {
      held = held.filter(({ position }) => Number(position) > Number(after))
      await fill(limit)
      const page = held.slice(0, limit)
      return { events: page, position: page.at(-1)?.position ?? after }
    },
    comparePositions: (a, b) => Number(a) - Number(b),
    async [Symbol.asyncDispose]() {
      await events.return(undefined)
    },
  }
}

async function* readEvents(file: string, count: number): AsyncGenerator<RecordedEvent, undefined> {
  let ordinal = 0
  for await (const line of readBackup(file)) {
    if (!('event' in line)) continue
    ordinal++
    if (ordinal > count) return
    yield toEvent(line.event, ordinal)
  }
}
