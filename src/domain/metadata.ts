/** Where a command came from. */
export type Origin = 'rest' | 'socket' | 'import' | 'system'

/** Ip and user agent of a session in one month, sealed once and reused; opened with the session's id and its month as context. */
export interface ClientBox {
  /** At registration, when there is none yet, the user's id. */
  session: string
  key: string
  nonce: string
  box: string
}

/** An event's metadata. Written in this order, absent ones left out. */
export interface EventMetadata {
  schemaVersion: number
  /** Recorded time, ISO-8601 UTC with milliseconds; never falls within a stream. */
  at: string
  /** UUID of the command that made it; all events of one command are adjacent, in one append. */
  commandId: string
  /** Of the command's parsed, normalised body; only where the client gave the command a key of its own. */
  fingerprint?: string
  /** Who did it; null for the system itself. */
  actor: string | null
  origin: Origin
  correlationId: string
  causationId?: string
  client?: ClientBox
  mac: string
}
