import type { KeyObject } from 'node:crypto'
import { allUpcasters, type AnyEvent } from '../domain/any-event.js'
import type { Decided } from '../domain/event.js'
import type { EventMetadata } from '../domain/metadata.js'
import { currentSchemaVersion } from '../domain/upcast.js'
import type { NewEvent } from '../eventstore/event-log.js'
import { boxContext, sealBox } from './box.js'
import { createBoxKeyring, type BoxKeys } from './box-keys.js'
import { createClientSealer, type SealClient } from './client-sealer.js'
import type { DataKeys } from './data-keys.js'
import { deriveMacKey, eventMac, withMac } from './event-mac.js'
import { personalByKey, publicFields } from './field-plan.js'
import { createFingerprint, type Fingerprint } from './fingerprint.js'

/** A decided event with its place in the log. */
export interface ToSeal {
  stream: string
  version: number
  id: string
  event: Decided<AnyEvent>
  metadata: Omit<EventMetadata, 'schemaVersion' | 'mac'>
}

/** Turns decided events into what the log holds: `keyNames` of all, `ensureKeys` once, then `seal` each. */
export interface EventSealer {
  /** The box keys that this event needs; `at` is its recorded time. */
  keyNames(stream: string, event: Decided<AnyEvent>, at: string): readonly string[]
  /** Gets or makes their parents in one statement, none when cached. @throws KeyDestroyedError */
  ensureKeys(names: Iterable<string>): Promise<BoxKeys>
  /** `keys` holds at least the event's own. */
  seal(event: ToSeal, keys: BoxKeys): NewEvent
  sealClient: SealClient
  fingerprint: Fingerprint
}

export function createEventSealer(deps: { dataKeys: DataKeys; masterKey: KeyObject }): EventSealer {
  const keyring = createBoxKeyring(deps.dataKeys)
  const macKey = deriveMacKey(deps.masterKey)
  return {
    keyNames: (stream, event, at) => [...personalByKey(stream, event, at).keys()],
    ensureKeys: (names) => keyring.ensure(names),
    seal(toSeal, keys) {
      const { stream, version, id } = toSeal
      const { type } = toSeal.event
      const data = dataText(toSeal, keys)
      const metadata = metadataText(type, toSeal.metadata)
      const mac = eventMac(macKey, { stream, version, id, type, data, metadata })
      return { id, type, data, metadata: withMac(metadata, mac) }
    },
    sealClient: createClientSealer(keyring, deps.dataKeys),
    fingerprint: createFingerprint(deps.dataKeys),
  }
}

/** Public fields in the table's order, then the boxes. */
function dataText({ stream, id, event, metadata }: ToSeal, keys: BoxKeys): string {
  const context = boxContext(stream, id)
  const sealed = Array.from(personalByKey(stream, event, metadata.at), ([name, personal]) => {
    const boxKey = keys.get(name)
    if (boxKey === undefined) throw new Error(`no key ${name}`)
    return sealBox(boxKey, personal, context)
  })
  const open = publicFields(event)
  return JSON.stringify(sealed.length === 0 ? open : { ...open, sealed })
}

/** All but the MAC, in the order in which it is always written. */
function metadataText(type: AnyEvent['type'], metadata: ToSeal['metadata']): string {
  const { at, commandId, fingerprint, actor, origin, correlationId, causationId, client } = metadata
  const schemaVersion = currentSchemaVersion(allUpcasters, type)
  return JSON.stringify({
    schemaVersion,
    at,
    commandId,
    fingerprint,
    actor,
    origin,
    correlationId,
    causationId,
    client,
  })
}
