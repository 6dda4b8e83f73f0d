/** One record of the log. Its place is its first byte's, as on a real server; commit and prepare position are one. */
export interface LogRecord {
  /** `bare` records take their place in the log, but are no events: those of empty appends and the server's own. */
  readonly kind: 'event' | 'tombstone' | 'bare'
  readonly position: number
  /** Where the next record begins. */
  readonly end: number
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly isJson: boolean
  readonly data: Uint8Array
  readonly metadata: Uint8Array
  /** Milliseconds since 1970. */
  readonly created: number
}

/** What an append wants to be stored. */
export type ProposedEvent = Pick<LogRecord, 'id' | 'type' | 'isJson' | 'data' | 'metadata'>

/** Bytes of a record beside its names, data and metadata: lengths, flags, ids, positions. */
const headerBytes = 88

export const bytesOf = ({ stream, type, data, metadata }: Omit<LogRecord, 'position' | 'end'>): number =>
  headerBytes + sizeOfName(stream) + sizeOfName(type) + data.length + metadata.length

function sizeOfName(name: string): number {
  const bytes = Buffer.byteLength(name)
  return bytes === 0 ? 1 : bytes + Math.floor(Math.log2(bytes) / 7) + 1
}
