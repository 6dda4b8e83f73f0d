import { type EventStream, isDeleted, lastRevision } from './event-stream.js'

export type ExpectedRevision = 'any' | 'no-stream' | 'stream-exists' | number

export type AppendDecision =
  | { kind: 'store'; undelete: boolean }
  /** The events are those of an earlier append: nothing is stored, `last` is the revision of the last of them. */
  | { kind: 'repeat'; last: number }
  | { kind: 'conflict'; current: number }
  | { kind: 'deleted' }

/** Where the process has lately seen this id in this stream. */
export type KnownRevision = (id: string) => number | undefined

/**
 * Whether an append fits its stream. An explicit revision finds its repeats in the stream itself, so also after a restart;
 * `any` knows only what this process has seen.
 */
export function decideAppend(
  stream: EventStream | undefined,
  expected: ExpectedRevision,
  ids: readonly string[],
  known: KnownRevision,
): AppendDecision {
  const current = lastRevision(stream)
  const conflict: AppendDecision = { kind: 'conflict', current }
  if (stream === undefined) return expected === 'any' || expected === 'no-stream' ? store(false) : conflict
  if (stream.tombstone !== undefined) return { kind: 'deleted' }
  if (expected === 'stream-exists' && isDeleted(stream)) return { kind: 'deleted' }
  if (expected === 'any' || expected === 'stream-exists') return decideAny(stream, ids, known)

  const revision = expected === 'no-stream' ? -1 : expected
  if (revision === current) return store(isDeleted(stream))
  if (revision > current || ids.length === 0) return conflict
  const fresh = ids.findIndex((id, i) => stream.events[revision + 1 + i]?.id !== id)
  if (fresh === -1) return { kind: 'repeat', last: revision + ids.length }
  return fresh === 0 && expected === 'no-stream' && isDeleted(stream) ? store(true) : conflict
}

function decideAny(stream: EventStream, ids: readonly string[], known: KnownRevision): AppendDecision {
  const revisions = ids.map(known)
  const fresh = revisions.indexOf(undefined)
  if (ids.length === 0 || fresh === 0) return store(isDeleted(stream))
  return fresh === -1
    ? { kind: 'repeat', last: revisions.at(-1) ?? 0 }
    : { kind: 'conflict', current: lastRevision(stream) }
}

const store = (undelete: boolean): AppendDecision => ({ kind: 'store', undelete })
