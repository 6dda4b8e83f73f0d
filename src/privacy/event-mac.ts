import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { RecordedEvent } from '../eventstore/event-log.js'
import { deriveKey } from './derive-key.js'

/** What the MAC covers; `data` and `metadata` are texts, the latter still without `mac`. */
export type Unsigned = Pick<RecordedEvent, 'stream' | 'version' | 'id' | 'type' | 'data' | 'metadata'>

const MAC = /,"mac":"([\w-]{43})"\}$/

/** Derived from the master key, and in no database. Checking old events takes the retired master keys. */
export const deriveMacKey = (masterKey: KeyObject): KeyObject => deriveKey(masterKey, 'parley/event-mac')

/**
 * HMAC-SHA256, in base64url, of `JSON.stringify([stream, version, id, type, data, metadata])`, which is here put together from
 * the texts at hand.
 */
export function eventMac(macKey: KeyObject, { stream, version, id, type, data, metadata }: Unsigned): string {
  const head = JSON.stringify([stream, version, id, type]).slice(0, -1)
  return createHmac('sha256', macKey).update(`${head},${data},${metadata}]`).digest('base64url')
}

/** The metadata's text with its MAC as the last key. */
export const withMac = (metadata: string, mac: string): string => `${metadata.slice(0, -1)},"mac":"${mac}"}`

/** Whether an event is unchanged, and where it was written. */
export function verifyMac(macKey: KeyObject, event: RecordedEvent): boolean {
  const [suffix, mac] = MAC.exec(event.metadata) ?? []
  if (suffix === undefined || mac === undefined) return false
  const metadata = `${event.metadata.slice(0, -suffix.length)}}`
  return timingSafeEqual(Buffer.from(mac), Buffer.from(eventMac(macKey, { ...event, metadata })))
}
