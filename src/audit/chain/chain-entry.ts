import { hash } from 'node:crypto'
import type { RecordedEvent } from '../../eventstore/event-log.js'

/** What the chain says of one event: everything that is hashed, except the hash of the entry before. Digests and hashes are SHA-256 in hex. */
export interface ChainEntry {
  /** Place among all events of the log, from 1. */
  ordinal: number
  stream: string
  version: number
  id: string
  type: string
  /** Recorded time, as the metadata has it; empty where it has none. */
  at: string
  /** Of the text of the data as the log holds it, with personal fields encrypted. */
  dataDigest: string
  metadataDigest: string
}

/** Stands before the first entry. */
export const FIRST_HASH = '0'.repeat(64)

export const sha256 = (text: string): string => hash('sha256', text, 'hex')

export const entryOf = ({ stream, version, id, type, data, metadata }: RecordedEvent, ordinal: number): ChainEntry => ({
  ordinal,
  stream,
  version,
  id,
  type,
  at: recordedTime(metadata),
  dataDigest: sha256(data),
  metadataDigest: sha256(metadata),
})

/** The text that is hashed: JSON without spaces. */
export const entryText = (previous: string, entry: ChainEntry): string =>
  JSON.stringify([
    previous,
    entry.ordinal,
    entry.stream,
    entry.version,
    entry.id,
    entry.type,
    entry.at,
    entry.dataDigest,
    entry.metadataDigest,
  ])

/** Also the hash of the entry as a leaf of the Merkle tree: RFC 9162 puts a zero byte before the content of a leaf. */
export const hashEntry = (previous: string, entry: ChainEntry): string => sha256(`\0${entryText(previous, entry)}`)

function recordedTime(metadata: string): string {
  try {
    const { at } = JSON.parse(metadata) as { at?: unknown }
    return typeof at === 'string' ? at : ''
  } catch {
    return ''
  }
}
