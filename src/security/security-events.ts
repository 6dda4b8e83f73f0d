import type { SecurityKind } from '../domain/security/events.js'
import type { ToRecord } from './security-writer.js'

/** What happened, whence. `userId` is someone we know; `subject` is what was asked for otherwise, and is kept as a keyed hash only. */
export interface SecurityEvent {
  type: SecurityKind
  ip: string
  userAgent: string
  userId?: string
  subject?: string
}

/** Takes what happens, at once and without failing, however much it is; nobody waits for the log. */
export interface SecurityEvents {
  record(event: SecurityEvent): void
}

export interface GatheredEvents extends SecurityEvents, AsyncDisposable {
  /** Hands over what is due; called each second. Resolves when it is in the log. */
  flush(): Promise<void>
}

export interface SecurityEventsDeps {
  append(events: readonly ToRecord[], signal: AbortSignal): Promise<number>
  hash(subject: string): string
  clock: () => Date
  onRecorded(kind: SecurityKind): void
  /** Told how many happenings will not be in the log. */
  onDropped(count: number): void
  tickMs?: number
}

const GATHER_MS = 60_000
const BUDGET_MS = 60_000
/** Appended at most in a minute by a node; of these, at most so many that outsiders can cause. */
export const MAX_A_MINUTE = 60
export const MAX_OF_OUTSIDERS = 50
/** Sources that are gathered at once; further ones are only counted. */
export const MAX_SOURCES = 2_000
const MAX_OF_OURS = 500
const FINISH_MS = 2_000

const OURS: ReadonlySet<SecurityKind> = new Set(['refresh-reuse', 'session-revoked', 'role-granted'])

interface Source {
  event: Pick<ToRecord, 'kind' | 'userId' | 'ip' | 'userAgent' | 'subject'>
  count: number
  from: string
  to: string
  /** Before that it gathers. */
  dueAt: number
}

/**
 * Gathers by kind, subject and source: the first goes out with the next tick, what follows within a minute as one with its count. A
 * budget a minute bounds what goes out, and a part of it is kept for what outsiders cannot cause; what finds no budget goes on
 * gathering, and what finds no room is counted as dropped.
 */
export function createSecurityEvents(deps: SecurityEventsDeps): GatheredEvents {
  const { append, hash, clock, onRecorded, onDropped, tickMs = 1_000 } = deps
  const sources = { ours: new Map<string, Source>(), outsiders: new Map<string, Source>() }
  const budget = createBudget()
  const stop = new AbortController()
  let flushing: Promise<void> | undefined

  function add({ type: kind, ip, userAgent, userId, subject }: SecurityEvent): void {
    const hashed = subject === undefined ? undefined : hash(subject)
    const isOurs = OURS.has(kind)
    const among = isOurs ? sources.ours : sources.outsiders
    const key = [kind, userId, hashed, ip].join('|')
    const now = clock()
    const known = among.get(key)
    if (known === undefined && among.size >= (isOurs ? MAX_OF_OURS : MAX_SOURCES)) {
      onDropped(1)
      return
    }
    const about = { ...(userId !== undefined && { userId }), ...(hashed !== undefined && { subject: hashed }) }
    const source = known ?? { event: { kind, ...about, ip, userAgent }, count: 0, from: '', to: '', dueAt: 0 }
    source.to = now.toISOString()
    if (source.count++ === 0) source.from = source.to
    among.set(key, source)
  }

  /** Takes from each source that is due what it has gathered, as far as the budget goes; forgets those that were quiet. */
  function takeDue(now: number, isEnd: boolean): ToRecord[] {
    const due: ToRecord[] = []
    for (const among of [sources.ours, sources.outsiders]) {
      for (const [key, source] of among) {
        if (now < source.dueAt && !isEnd) continue
        if (source.count === 0) among.delete(key)
        else if (budget.take(now, among === sources.ours)) due.push(takeFrom(source, now))
      }
    }
    return due
  }

  async function write(isEnd: boolean): Promise<void> {
    const due = takeDue(clock().getTime(), isEnd)
    if (due.length === 0) return
    const happened = due.reduce((sum, { count }) => sum + count, 0)
    try {
      onDropped(due.length - (await append(due, stop.signal)))
    } catch {
      onDropped(happened)
    }
  }

  const flush = (isEnd = false): Promise<void> => (flushing ??= write(isEnd).finally(() => (flushing = undefined)))

  const timer = setInterval(() => void flush(), tickMs)
  timer.unref()

  return {
    record(event) {
      onRecorded(event.type)
      try {
        add(event)
      } catch {
        onDropped(1) // whoever was asked for something is not to suffer from this
      }
    },
    flush: () => flush(),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      const end = setTimeout(() => stop.abort(), FINISH_MS)
      await flush()
      await flush(true)
      clearTimeout(end)
    },
  }
}

function takeFrom(source: Source, now: number): ToRecord {
  const { event, count, from, to } = source
  source.count = 0
  source.dueAt = now + GATHER_MS
  return { type: 'SecurityEventRecorded', ...event, count, from, to }
}

/** Of each minute, wherever it begins: when it was drawn on. */
function createBudget() {
  const spent: number[] = []
  const spentByOutsiders: number[] = []
  return {
    take(now: number, isOurs: boolean): boolean {
      for (const times of [spent, spentByOutsiders]) {
        while (times[0] !== undefined && now - times[0] >= BUDGET_MS) times.shift()
      }
      if (spent.length >= MAX_A_MINUTE || (!isOurs && spentByOutsiders.length >= MAX_OF_OUTSIDERS)) return false
      spent.push(now)
      if (!isOurs) spentByOutsiders.push(now)
      return true
    },
  }
}
