import type { KeyObject } from 'node:crypto'
import { allUpcasters, currentType, type AnyEvent } from '../domain/any-event.js'
import type { ClientInfo } from '../domain/client-info.js'
import type { PublicEvent, JsonObject, Opened } from '../domain/event.js'
import type { EventMetadata } from '../domain/metadata.js'
import { upcast } from '../domain/upcast.js'
import { createBoundedCache } from '../async/bounded-cache.js'
import type { Position, RecordedEvent } from '../eventstore/event-log.js'
import { BadMacError } from './bad-mac-error.js'
import { boxContext, openBox, type SealedBox } from './box.js'
import { createBoxKeyring, type BoxKey } from './box-keys.js'
import type { BoundBox } from './client-box.js'
import type { DataKeys } from './data-keys.js'
import { destroyedKeys } from './destroyed-keys.js'
import { verifyMac } from './event-mac.js'
import { erasedFields } from './field-plan.js'
import type { LocalEvent, LocalEventCache } from './local-event-cache.js'

/** An event as projections read it, in the current schema version; null stands for what was erased. */
export interface OpenedEvent {
  stream: string
  version: number
  position: Position
  id: string
  /** Recorded time: `metadata.at`. */
  at: string
  metadata: EventMetadata
  event: Opened<AnyEvent>
}

interface DecodedEvent {
  event: PublicEvent<AnyEvent>
  metadata: EventMetadata
}

/**
 * What one reading of an event gives is shared by all who read the same object: do not change it. The MAC of an event is checked before it
 * is read, once for each object, and not for what this process wrote.
 */
export interface EventReader {
  /**
   * What `evolve` needs, without any key.
   * @throws BadMacError it was altered or forged
   * @throws NewerEventError
   */
  decode(recorded: RecordedEvent): DecodedEvent
  /** The same whatever its MAC is: only for code that lists or measures events, and does nothing else by what they hold. @throws NewerEventError */
  decodeUnverified(recorded: RecordedEvent): DecodedEvent
  /**
   * In the order given; all missing keys in one query. Each event object is decrypted once, however many open it.
   * @throws BadMacError one of them was altered or forged
   * @throws NewerEventError this release does not know one of them
   * @throws BoxCorruptError one of them was altered
   */
  open(events: readonly RecordedEvent[]): Promise<OpenedEvent[]>
  /** In the order given; all missing keys in one query. Null where a key is gone. @throws BoxCorruptError */
  openClients(boxes: readonly BoundBox[]): Promise<(ClientInfo | null)[]>
  /** Whether the event is as Parley wrote it: its MAC is right. */
  isAuthentic(recorded: RecordedEvent): boolean
  /** Without the events that were altered or forged: for followers that must neither do anything by one nor stop at it. */
  authentic(events: readonly RecordedEvent[]): RecordedEvent[]
}

/** A later release wrote this event: it must stop its reader, and never be skipped. */
export class NewerEventError extends Error {
  override readonly name = 'NewerEventError'
  constructor(
    readonly type: string,
    readonly schemaVersion: number,
    readonly stream: string,
    readonly version: number,
  ) {
    super(`${stream} ${version} is a ${type} of schema version ${schemaVersion}, which this release does not know`)
  }
}

interface Reading {
  recorded: RecordedEvent
  event: PublicEvent<AnyEvent>
  metadata: EventMetadata
  sealed: readonly SealedBox[]
  opened?: OpenedEvent
}

export interface EventReaderDeps {
  dataKeys: DataKeys
  /** What the sealer beside it has sealed. */
  made?: LocalEventCache
  /** Under one of which the MAC of each event is; MACs are not checked where there are none. */
  macKeys?: readonly KeyObject[]
  /** Called for an event with a wrong MAC when it is first read. */
  onForged?(recorded: RecordedEvent): void
  maxBoxKeys?: number
}

/** Forged events of which it is remembered that they were reported. */
const MAX_REPORTED = 1_000

export function createEventReader(deps: EventReaderDeps): EventReader {
  const { dataKeys, made, macKeys = [], onForged, maxBoxKeys } = deps
  const keyring = createBoxKeyring(dataKeys, maxBoxKeys)
  let readings = new WeakMap<RecordedEvent, Reading>()
  const checked = new WeakMap<RecordedEvent, boolean>()
  const reported = createBoundedCache<string, true>(MAX_REPORTED)
  dataKeys.onDestroyed(() => {
    readings = new WeakMap() // what was being opened meanwhile ends up in the old map, which nobody reads any more
    made?.clear()
  })

  function readingOf(recorded: RecordedEvent): Reading {
    const known = readings.get(recorded) ?? takeOwn(recorded)
    if (known !== null) return known
    const reading = read(recorded)
    forgetDestroyedKeys(reading)
    readings.set(recorded, reading)
    return reading
  }

  /** Of an event that this process has sealed: its texts are the very same. */
  function takeOwn(recorded: RecordedEvent): Reading | null {
    const own = made?.take(recorded) ?? null
    if (own === null) return null
    const reading = ownReading(recorded, own)
    forgetDestroyedKeys(reading)
    readings.set(recorded, reading)
    checked.set(recorded, true)
    return reading
  }

  function isAuthentic(recorded: RecordedEvent): boolean {
    if (macKeys.length === 0 || (!checked.has(recorded) && takeOwn(recorded) !== null)) return true
    const known = checked.get(recorded)
    if (known !== undefined) return known
    const isRight = macKeys.some((key) => verifyMac(key, recorded))
    checked.set(recorded, isRight)
    if (!isRight) reportForged(recorded)
    return isRight
  }

  function reportForged(recorded: RecordedEvent): void {
    const name = JSON.stringify([recorded.stream, recorded.version, recorded.id])
    if (reported.get(name) !== undefined) return
    reported.set(name, true)
    onForged?.(recorded)
  }

  function verifiedReadingOf(recorded: RecordedEvent): Reading {
    if (!isAuthentic(recorded)) throw new BadMacError(recorded)
    return readingOf(recorded)
  }

  /** The log says so only once the key is gone: what this process still holds of it must open nothing any more. */
  function forgetDestroyedKeys({ event, recorded: { stream } }: Reading): void {
    for (const name of destroyedKeys(event, stream)) dataKeys.forget(name)
  }

  return {
    isAuthentic,
    authentic: (events) => events.filter(isAuthentic),
    decode: (recorded) => publicPart(verifiedReadingOf(recorded)),
    decodeUnverified: (recorded) => publicPart(readingOf(recorded)),
    async open(events) {
      const pending = events.map(verifiedReadingOf)
      const names = pending.flatMap(({ opened, sealed }) => (opened ? [] : sealed.map(({ key }) => key)))
      const keys = names.length === 0 ? NO_KEYS : await keyring.find(names)
      return pending.map((reading) => (reading.opened ??= openReading(reading, keys)))
    },
    async openClients(boxes) {
      const keys = boxes.length === 0 ? NO_KEYS : await keyring.find(boxes.map(({ key }) => key))
      return boxes.map((box) => {
        const boxKey = keys.get(box.key)
        return boxKey ? (openBox(boxKey, box, box.context) as { ip: string; userAgent: string }) : null
      })
    },
  }
}

const publicPart = ({ event, metadata }: Reading): DecodedEvent => ({ event, metadata })

const NO_KEYS: ReadonlyMap<string, BoxKey | null> = new Map()

function ownReading(recorded: RecordedEvent, { event, opened, metadata }: LocalEvent): Reading {
  const { stream, version, position, id } = recorded
  const { at } = metadata
  return {
    recorded,
    event,
    metadata,
    sealed: [],
    opened: { stream, version, position, id, at, metadata, event: opened },
  }
}

/** @throws NewerEventError */
function read(recorded: RecordedEvent): Reading {
  const { stream, version } = recorded
  const type = currentType(recorded.type)
  const metadata = JSON.parse(recorded.metadata) as EventMetadata
  const { sealed = [], ...data } = JSON.parse(recorded.data) as JsonObject & { sealed?: SealedBox[] }
  const current = upcast(allUpcasters, type, metadata.schemaVersion, data)
  if (current === null) throw new NewerEventError(type, metadata.schemaVersion, stream, version)
  return { recorded, event: { type, ...current } as unknown as PublicEvent<AnyEvent>, metadata, sealed }
}

function openReading({ recorded, event, metadata, sealed }: Reading, keys: ReadonlyMap<string, BoxKey | null>) {
  const { stream, version, position, id } = recorded
  const personal = sealed.map((box) => {
    const boxKey = keys.get(box.key)
    if (!boxKey) return erasedFields(box.key, stream, event, metadata.at)
    return openBox(boxKey, box, boxContext(stream, id))
  })
  const opened = Object.assign({}, event, ...personal) as Opened<AnyEvent>
  return { stream, version, position, id, at: metadata.at, metadata, event: opened }
}
