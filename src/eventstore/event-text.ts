import { InvalidEventError, type NewEvent } from './event-log.js'

/** In UTF-16 code units: enough for every name we make, and small enough for any store's index. */
const MAX_NAME_LENGTH = 255
/** In bytes: what EventStoreDB takes in one append, though it counts data alone. */
const MAX_APPEND_BYTES = 1_048_576
/** What a 32-bit version can hold. */
const MAX_VERSION = 2_147_483_647
/** A control character that no text of JSON holds, so that it may stand between several of them. */
export const TEXT_SEPARATOR = '\x1e'
const LOWER_CASE_UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** One escape of a JSON text, or the two that together are one character. Taken in order, so that backslashes pair up. */
const JSON_ESCAPE = /\\(?:ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|u([\da-f]{4})|.)/gis
const NOT_A_CHARACTER = /^(?:0000|d[89a-f]..)$/i

/**
 * Holds an append to the rules that are the same for every store, so that what one accepts another can be given: lower-case
 * UUIDs, named streams and types, at most 1 MiB in all, and valid Unicode without U+0000, written out or as a JSON escape, and without U+001E. That `data` and
 * `metadata` are JSON objects is only looked at from outside, by their braces: parsing them here would double the cost of a send.
 * @throws InvalidEventError
 */
export function checkAppend(stream: string, expectedVersion: number, events: readonly NewEvent[]): void {
  if (!isName(stream)) throw new InvalidEventError('a stream needs a name of at most 255 valid characters')
  if (!Number.isInteger(expectedVersion) || expectedVersion < 0 || expectedVersion > MAX_VERSION - events.length)
    throw new InvalidEventError(`${expectedVersion} is not a version to expect`)
  if (events.length === 0) throw new InvalidEventError('an append needs at least one event')
  let bytes = 0
  for (const { id, type, data, metadata } of events) {
    if (!LOWER_CASE_UUID.test(id)) throw new InvalidEventError('an event id is a UUID in lower case')
    if (!isName(type)) throw new InvalidEventError('an event type is a name of at most 255 valid characters')
    checkJson('data', data)
    checkJson('metadata', metadata)
    bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata) + type.length
  }
  if (bytes > MAX_APPEND_BYTES) throw new InvalidEventError(`an append holds at most ${MAX_APPEND_BYTES} bytes`)
}

function checkJson(field: string, text: string): void {
  if (!text.startsWith('{') || !text.endsWith('}')) throw new InvalidEventError(`${field} is not the text of an object`)
  if (text.includes(TEXT_SEPARATOR)) throw new InvalidEventError(`${field} holds U+001E, which no JSON does`)
  if (!isStorableJson(text)) throw new InvalidEventError(`${field} holds U+0000 or half a surrogate pair`)
}

/** Whether a JSON text is valid Unicode without U+0000, written out or escaped. */
export const isStorableJson = (json: string): boolean => isCleanText(json) && !escapesForbidden(json)

const isName = (text: string): boolean => text !== '' && text.length <= MAX_NAME_LENGTH && isCleanText(text)

const isCleanText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

function escapesForbidden(json: string): boolean {
  if (!json.includes('\\u')) return false // nearly always: JSON.stringify escapes so only what is rare
  for (const [, code] of json.matchAll(JSON_ESCAPE)) {
    if (code !== undefined && NOT_A_CHARACTER.test(code)) return true
  }
  return false
}
