import { attempt } from '../../async/attempt.js'
import { createOutage, type FailureReport } from '../../async/outage.js'

/** What is known of where the log ends, in a store that others write to as well. Positions in the whole store. */
export interface KnownHead {
  /** Of the log's first event. */
  first: number
  /** Everything up to here was searched, */
  examined: number
  /** and this is the last event of the log in it. */
  last: number
}

/** Keeps a text somewhere cheap between runs, so that a start need not search again what others have stored. */
export interface MarkStore {
  /** `initial` where none was kept. */
  read(initial: string): Promise<string>
  write(text: string): Promise<void>
}

export interface HeadMark {
  /** What was kept of this log; its first event alone where that is nothing. */
  load(): Promise<KnownHead>
  /** Keeps it once enough more of the store is known. */
  note(known: KnownHead): void
  /** Keeps what was noted last. */
  close(): Promise<void>
}

/** In bytes of the store; searching so much again takes some milliseconds. */
const KEEP_EVERY = 1024 * 1024

/**
 * The mark only saves time: without it the search begins at the first event, or at an older mark. Failures to read or write it are
 * reported as `event-log-mark`; after one, the next thing noted is written.
 */
export function createHeadMark(store: MarkStore | null, logId: string, first: number, report: FailureReport): HeadMark {
  const outage = createOutage('event-log-mark', report)
  let noted: KnownHead | null = null
  let kept = first
  let keeping: Promise<void> | null = null

  function keep(known: KnownHead): Promise<void> {
    keeping ??= attempt(outage, () => writeMark(known), undefined).finally(() => (keeping = null))
    return keeping
  }

  async function writeMark({ examined, last }: KnownHead): Promise<void> {
    await store?.write(`${logId} ${examined} ${last}`)
    kept = examined
  }

  return {
    async load() {
      const nothing = { first, examined: first, last: first }
      const text = await attempt(outage, async () => (await store?.read('')) ?? '', '')
      const [id, examined, last] = text.split(' ')
      const known = { first, examined: Number(examined), last: Number(last) }
      const isValid = id === logId && known.last >= first && known.examined >= known.last
      if (isValid) kept = known.examined
      return isValid ? known : nothing
    },
    note(known) {
      noted = known
      if (outage.error !== null || known.examined - kept >= KEEP_EVERY) void keep(known)
    },
    async close() {
      await keeping
      if (noted !== null && noted.examined > kept) await keep(noted)
    },
  }
}
