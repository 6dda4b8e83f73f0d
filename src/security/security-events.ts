import type { Outage } from '../async/outage.js'
import type { ClientInfo } from '../domain/client-info.js'
import type { SecurityKind } from '../domain/security/events.js'
import type { ToRecord } from './security-writer.js'

/** `userId` is a known user; otherwise `subject` is what was asked for, stored as a keyed hash only. */
export interface SecurityEvent extends ClientInfo {
  type: SecurityKind
  userId?: string
  subject?: string
}

/** Records events synchronously: it never throws, and no caller waits for the log. */
export interface SecurityEvents {
  record(event: SecurityEvent): void
}

export interface SecurityEventRecorder extends SecurityEvents, AsyncDisposable {
  /** Appends what is due; called every second. Resolves when it is in the log. */
  flush(): Promise<void>
}

export interface SecurityEventsDeps {
  /** Reports its failures itself. */
  append(events: readonly ToRecord[], signal: AbortSignal): Promise<number>
  outage: Pick<Outage, 'failed'>
  hash(subject: string): string
  clock: () => Date
  /** A monotonic clock in milliseconds, by which aggregation and budget are measured: the date may be set back. */
  now?: () => number
  onRecorded(kind: SecurityKind): void
  /** Called with the number of events that will not be in the log. */
  onDropped(count: number): void
  tickMs?: number
}

const AGGREGATION_MS = 60_000
const BUDGET_MS = 60_000
/** Events appended per minute and node; and how many of them may be caused by outsiders. */
export const MAX_PER_MINUTE = 60
export const MAX_EXTERNAL_PER_MINUTE = 50
/** Events of further sources are only counted as dropped. */
export const MAX_SOURCES = 2_000
const MAX_INTERNAL_SOURCES = 500
const FINISH_MS = 2_000

/** Kinds that outsiders cannot cause. */
const INTERNAL_KINDS: ReadonlySet<SecurityKind> = new Set(['refresh-reuse', 'session-revoked', 'role-granted'])

interface Aggregate {
  event: Pick<ToRecord, 'kind' | 'userId' | 'ip' | 'userAgent' | 'subject'>
  count: number
  from: string
  to: string
  /** It aggregates until then. */
  dueAt: number
}

/**
 * Aggregates by kind, user or subject, and source: the first event is appended with the next tick, those that follow within a minute as
 * one with their count. A budget bounds how many are appended per minute, and reserves a part for kinds that outsiders cannot cause.
 * Without budget an aggregate keeps growing; beyond `MAX_SOURCES` aggregates, events are counted as dropped.
 */
export function createSecurityEvents(deps: SecurityEventsDeps): SecurityEventRecorder {
  const { append, outage, hash, clock, onRecorded, onDropped, tickMs = 1_000, now = () => performance.now() } = deps
  const sources = { internal: new Map<string, Aggregate>(), external: new Map<string, Aggregate>() }
  const budget = createBudget()
  const stop = new AbortController()
  let flushing: Promise<void> | undefined

  function add({ type: kind, ip, userAgent, userId, subject }: SecurityEvent): void {
    const hashed = subject === undefined ? undefined : hash(subject)
    const isInternal = INTERNAL_KINDS.has(kind)
    const group = isInternal ? sources.internal : sources.external
    const key = [kind, userId, hashed, ip].join('|')
    const known = group.get(key)
    if (known === undefined && group.size >= (isInternal ? MAX_INTERNAL_SOURCES : MAX_SOURCES)) {
      onDropped(1)
      return
    }
    const about = { ...(userId !== undefined && { userId }), ...(hashed !== undefined && { subject: hashed }) }
    const source = known ?? { event: { kind, ...about, ip, userAgent }, count: 0, from: '', to: '', dueAt: -Infinity }
    source.to = clock().toISOString()
    if (source.count++ === 0) source.from = source.to
    group.set(key, source)
  }

  /** Takes what is due, as far as the budget goes, and forgets aggregates that stayed empty. */
  function takeDue(at: number, isEnd: boolean): ToRecord[] {
    const due: ToRecord[] = []
    for (const group of [sources.internal, sources.external]) {
      for (const [key, source] of group) {
        if (at < source.dueAt && !isEnd) continue
        if (source.count === 0) group.delete(key)
        else if (budget.take(at, group === sources.internal)) due.push(takeFrom(source, at))
      }
    }
    return due
  }

  async function write(isEnd: boolean): Promise<void> {
    const due = takeDue(now(), isEnd)
    if (due.length === 0) return
    const total = due.reduce((sum, { count }) => sum + count, 0)
    try {
      onDropped(due.length - (await append(due, stop.signal)))
    } catch {
      onDropped(total)
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
      } catch (error) {
        onDropped(1) // the request that caused it must not fail
        outage.failed(error)
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

function takeFrom(source: Aggregate, now: number): ToRecord {
  const { event, count, from, to } = source
  source.count = 0
  source.dueAt = now + AGGREGATION_MS
  return { type: 'SecurityEventRecorded', ...event, count, from, to }
}

/** Sliding window: the times at which it was used. */
function createBudget() {
  const spent: number[] = []
  const spentByExternal: number[] = []
  return {
    take(now: number, isInternal: boolean): boolean {
      for (const times of [spent, spentByExternal]) {
        while (times[0] !== undefined && now - times[0] >= BUDGET_MS) times.shift()
      }
      if (spent.length >= MAX_PER_MINUTE || (!isInternal && spentByExternal.length >= MAX_EXTERNAL_PER_MINUTE))
        return false
      spent.push(now)
      if (!isInternal) spentByExternal.push(now)
      return true
    },
  }
}
