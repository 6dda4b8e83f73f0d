import type { AppendResult, Position, ResolvedEvent } from '@eventstore/db-client'

const toldOfErrors = ['actualVersion', 'expectedVersion', 'maxAppendSize'] as const

type ErrorOfClient = Error & { type?: string } & Partial<Record<(typeof toldOfErrors)[number], unknown>>

/** The answer or the error, as data. */
export async function outcome<Result>(promise: Promise<Result>, keep: (result: Result) => unknown): Promise<object> {
  try {
    const answer: unknown = keep(await promise)
    return plain({ answer })
  } catch (thrown) {
    const error = thrown as ErrorOfClient
    const told = toldOfErrors
      .filter((key) => error[key] !== undefined)
      .map((key): [string, unknown] => [key, error[key]])
    const isUnknown = error.type === 'unknown' || error.type === undefined
    return plain({
      error: error.constructor.name,
      type: error.type,
      ...Object.fromEntries<unknown>(told),
      ...(isUnknown ? { message: error.message.slice(0, 160) } : {}),
    })
  }
}

export const appendOutcome = (promise: Promise<AppendResult>): Promise<object> =>
  outcome(promise, ({ success, nextExpectedRevision, position }) => ({
    success,
    nextExpectedRevision,
    position: position === undefined ? 'none' : 'given',
  }))

export const readOutcome = (read: AsyncIterable<ResolvedEvent>): Promise<object> =>
  outcome(all(read), (events) => events.length)

export const revisionsOutcome = (read: AsyncIterable<ResolvedEvent>): Promise<object> => outcome(all(read), revisionsOf)

export const revisionsOf = (events: ResolvedEvent[]): unknown => plain(events.map(({ event }) => event?.revision))

export async function all(read: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const events = []
  for await (const event of read) events.push(event)
  return events
}

/** How many events a stream holds, or why that cannot be read. */
export const countOf = (read: AsyncIterable<ResolvedEvent>): Promise<number | string | undefined> =>
  all(read).then(
    ({ length }) => length,
    (error: unknown) => (error as ErrorOfClient).type,
  )

/** As JSON would have it; big integers as their digits with an `n`. */
export const plain = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))) as Value

export const order = (a: Position, b: Position): string =>
  a.commit < b.commit ? 'before' : a.commit > b.commit ? 'after' : 'same'
