import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outage } from '../async/outage.js'
import type { Decided } from '../domain/event.js'
import type { SecurityEvent, SecurityEventRecorded } from '../domain/security/events.js'
import type { EventMetadata } from '../domain/metadata.js'
import { securityStream } from '../domain/streams.js'
import { InvalidEventError, WrongExpectedVersionError, type EventLog, type NewEvent } from '../eventstore/event-log.js'
import type { Client } from '../privacy/client-sealer.js'
import { KeyDestroyedError } from '../privacy/data-keys.js'
import type { EventSealer } from '../privacy/event-sealer.js'

export type ToRecord = Decided<SecurityEventRecorded>

/** Who caused events, and from where. */
export type Source = Pick<EventMetadata, 'actor' | 'origin' | 'correlationId'> & { client?: Client }

type ToAppend = Decided<SecurityEvent>

/**
 * Appends to this node's security stream of the day. It is the only writer of that stream, so it knows the version without reading. One
 * append runs at a time, and the same one is repeated until its outcome is known.
 */
export interface SecurityWriter {
  /**
   * Returns how many were recorded; the others belong to erased users. Without a source, the system caused them.
   * @throws when `signal` aborts first
   * @throws InvalidEventError
   */
  append(events: readonly ToAppend[], signal: AbortSignal, source?: Source): Promise<number>
}

export interface SecurityWriterDeps {
  log: Pick<EventLog, 'append'>
  sealer: EventSealer
  clock: () => Date
  /** Unique to this process: part of the stream's name. */
  node: string
  /** Begins with a failed append, and ends with the next that succeeds. */
  outage: Pick<Outage, 'failed' | 'succeeded'>
  /** Pause after the first failure, doubling up to 10 s. */
  retryMs?: number
}

interface Call {
  stream: string
  version: number
  at: string
  events: NewEvent[]
}

export function createSecurityWriter(deps: SecurityWriterDeps): SecurityWriter {
  const { log, sealer, clock, node, outage, retryMs = 250 } = deps
  let last = { stream: '', version: 0, at: '' }
  let previous: Promise<unknown> = Promise.resolve()

  async function seal(events: readonly ToAppend[], source?: Source): Promise<Call> {
    const now = clock().toISOString()
    const at = now > last.at ? now : last.at
    const stream = securityStream(at.slice(0, 10), node)
    const version = stream === last.stream ? last.version : 0
    const namesOf = (event: ToAppend): readonly string[] => sealer.keyNames(stream, event, at)
    const keys = await sealer.ensureKeys(events.flatMap(namesOf))
    const commandId = randomUUID()
    const { client, ...from } = source ?? { actor: null, origin: 'system', correlationId: commandId }
    const sealedClient = client === undefined ? {} : { client: await sealer.sealClient(client, at) }
    const common = { stream, metadata: { at, commandId, ...from, ...sealedClient } }
    return {
      stream,
      version,
      at,
      events: events.map((event, index) =>
        sealer.seal({ ...common, version: version + index + 1, id: randomUUID(), event }, keys),
      ),
    }
  }

  /** Leaves out events of users who were erased meanwhile. */
  async function sealAll(events: readonly ToAppend[], source?: Source): Promise<Call> {
    try {
      return await seal(events, source)
    } catch (error) {
      if (!(error instanceof KeyDestroyedError)) throw error
      const left = events.filter((event) => !isAbout(event, error.keyName))
      if (left.length === events.length) throw error
      return sealAll(left, source)
    }
  }

  async function write(events: readonly ToAppend[], signal: AbortSignal, source?: Source): Promise<number> {
    let call: Call | null = null
    for (let failures = 0; ; failures++) {
      signal.throwIfAborted()
      try {
        call ??= await sealAll(events, source)
        if (call.events.length === 0) return 0
        const { version } = await log.append(call.stream, call.version, call.events)
        last = { stream: call.stream, version, at: call.at }
        outage.succeeded()
        return call.events.length
      } catch (error) {
        if (!(error instanceof WrongExpectedVersionError)) outage.failed(error)
        if (error instanceof KeyDestroyedError || error instanceof InvalidEventError) throw error
        if (error instanceof WrongExpectedVersionError && call !== null) {
          last = { stream: call.stream, version: error.actualVersion, at: call.at }
          call = null
        }
        await sleep(Math.min(10_000, retryMs * 2 ** failures), undefined, { signal })
      }
    }
  }

  return {
    append(events, signal, source) {
      const writing = previous.then(() => write(events, signal, source))
      previous = writing.catch(() => undefined)
      return writing
    },
  }
}

const isAbout = (event: ToAppend, keyName: string): boolean =>
  event.type === 'SecurityEventRecorded' && event.userId !== undefined && keyName.endsWith(event.userId)
