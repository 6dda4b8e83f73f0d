import type { KeyObject } from 'node:crypto'
import type { NewEvent } from '../../src/eventstore/event-log.js'
import { deriveMacKey, eventMac, withMac } from '../../src/privacy/event-mac.js'

/** An event as a node with this master key writes it, of whatever release: with the right MAC. */
export function signEvent(
  masterKey: KeyObject | null,
  stream: string,
  version: number,
  { id, type, data, metadata }: NewEvent,
): NewEvent {
  if (masterKey === null) throw new Error('the test gave no master key')
  const unsigned = metadata.replace(/,"mac":"[\w-]*"\}$/, '}')
  const mac = eventMac(deriveMacKey(masterKey), { stream, version, id, type, data, metadata: unsigned })
  return { id, type, data, metadata: withMac(unsigned, mac) }
}
