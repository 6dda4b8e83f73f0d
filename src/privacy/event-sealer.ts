import type { KeyObject } from 'node:crypto'
import { allUpcasters, type AnyEvent } from '../domain/any-event.js'
import type { Decided, PublicEvent, Opened } from '../domain/event.js'
import type { EventMetadata } from '../domain/metadata.js'
import { currentSchemaVersion } from '../domain/upcast.js'
import type { NewEvent } from '../eventstore/event-log.js'
import { boxContext, sealBox } from './box.js'
import { createBoxKeyring, type BoxKeys } from './box-keys.js'
import { createClientSealer, type SealClient } from './client-sealer.js'
import type { DataKeys } from './data-keys.js'
import { deriveMacKey, eventMac, withMac } from './event-mac.js'
import { fieldsOf, publicEvent, type Fields, type FieldsOfEvent } from './field-plan.js'
import { createFingerprint, type Fingerprint } from './fingerprint.js'
import type { LocalEventCache } from './local-event-cache.js'

/** A decided event with its place in the log. */
export interface ToSeal {
  stream: string
  version: number
  id: string
  event: Decided<AnyEvent>
  /** What `plan` gave for this event, where it is known already. */
  plan?: SealPlan
  metadata: Omit<EventMetadata, 'schemaVersion' | 'mac'>
}

/** What of an event is written openly, and what under which keys. */
export interface SealPlan extends FieldsOfEvent {
  /** Without the personal fields. */
  publicEvent: PublicEvent<AnyEvent>
}

/** Turns decided events into what the log holds: `keyNames` of all, `ensureKeys` once, then `seal` each. */
export interface EventSealer {
  /** `at` is the event's recorded time. */
  plan(stream: string, event: Decided<AnyEvent>, at: string): SealPlan
  /** The box keys that this event needs. */
  keyNames(stream: string, event: Decided<AnyEvent>, at: string): readonly string[]
  /** Gets or makes their parents in one statement, none when cached. @throws KeyDestroyedError */
  ensureKeys(names: Iterable<string>): Promise<BoxKeys>
  /** `keys` holds at least the event's own. */
  seal(event: ToSeal, keys: BoxKeys): NewEvent
  sealClient: SealClient
  fingerprint: Fingerprint
}

export interface EventSealerDeps {
  dataKeys: DataKeys
  masterKey: KeyObject
  /** Receives everything that is sealed, for the reader of the same process. */
  made?: LocalEventCache
  maxBoxKeys?: number
}

export function createEventSealer({ dataKeys, masterKey, made, maxBoxKeys }: EventSealerDeps): EventSealer {
  const keyring = createBoxKeyring(dataKeys, maxBoxKeys)
  const macKey = deriveMacKey(masterKey)
  return {
    plan: planOf,
    keyNames: (stream, event, at) => [...planOf(stream, event, at).personal.keys()],
    ensureKeys: (names) => keyring.ensure(names),
    seal({ stream, version, id, event, metadata, plan = planOf(stream, event, metadata.at) }, keys) {
      const { type } = event
      const { open, personal, publicEvent } = plan
      const data = dataText(open, personal, keys, boxContext(stream, id))
      const unsigned = withVersion(type, metadata)
      const metadataText = JSON.stringify(unsigned)
      const mac = eventMac(macKey, { stream, version, id, type, data, metadata: metadataText })
      const sealed = { id, type, data, metadata: withMac(metadataText, mac) }
      made?.note(stream, sealed, {
        event: publicEvent,
        opened: Object.assign({ type }, open, ...personal.values()) as Opened<AnyEvent>,
        metadata: { ...unsigned, mac },
      })
      return sealed
    },
    sealClient: createClientSealer(keyring, dataKeys),
    fingerprint: createFingerprint(dataKeys),
  }
}

function planOf(stream: string, event: Decided<AnyEvent>, at: string): SealPlan {
  const fields = fieldsOf(stream, event, at)
  return { ...fields, publicEvent: publicEvent(event, fields.open) }
}

/** Public fields in the table's order, then the boxes. */
function dataText(open: Fields, personal: ReadonlyMap<string, Fields>, keys: BoxKeys, context: string): string {
  const sealed = Array.from(personal, ([name, fields]) => {
    const boxKey = keys.get(name)
    if (boxKey === undefined) throw new Error(`no key ${name}`)
    return sealBox(boxKey, fields, context)
  })
  return JSON.stringify(sealed.length === 0 ? open : { ...open, sealed })
}

/** All but the MAC, in the order in which it is always written. */
function withVersion(type: AnyEvent['type'], metadata: ToSeal['metadata']): Omit<EventMetadata, 'mac'> {
  const { at, commandId, fingerprint, actor, origin, correlationId, causationId, client } = metadata
  return {
    schemaVersion: currentSchemaVersion(allUpcasters, type),
    at,
    commandId,
    ...(fingerprint !== undefined && { fingerprint }),
    actor,
    origin,
    correlationId,
    ...(causationId !== undefined && { causationId }),
    ...(client !== undefined && { client }),
  }
}
