import type { Anchor } from '../audit/anchors/anchor-table.js'
import type { Checkpoint } from '../audit/checkpoints/checkpoint.js'

export const BACKUP_FORMAT = 'parley/backup/1'
export const KEYS_FORMAT = 'parley/backup-keys/1'
export const TOMBSTONES_FORMAT = 'parley/tombstones/1'

/** To which backup and installation a file belongs; its first line. */
export interface FileHeader {
  format: string
  /** Of the backup; absent in lists of tombstones. */
  backupId?: string
  /** Of the installation. */
  installation: string
  /** When it was begun: ISO-8601, UTC. */
  at: string
}

export interface BackupHeader extends FileHeader {
  backupId: string
  logId: string
  /** Of the main database. */
  migrations: readonly string[]
  /** By which checkpoints are checked. */
  publicKeys: readonly { kid: string; publicKey: string }[]
}

/** Of the log, as in the log: stream, version, id, type, data, metadata. */
export type EventTuple = readonly [string, number, string, string, string, string]

/**
 * One line of the file of a backup that holds all but the keys, in this order: the header, each event with the checkpoint that ends with it and
 * where that is anchored, then rows of tables. Rows that hold addresses or password hashes are encrypted under a key in the file of the keys.
 */
export type BackupLine =
  | { event: EventTuple }
  | { checkpoint: Checkpoint }
  | { anchor: Anchor }
  | { follower: { name: string; ordinal: number } }
  | { skipped: { projection: string; ordinal: number } }
  | { table: string; row: Row }
  | { table: string; sealed: string }
export type Row = Readonly<Record<string, unknown>>

/** Ends the file of a backup, before the line with the digest. */
export interface BackupEnd {
  events: number
  /** Of chain and tree at the last event. */
  hash: string
  treeHead: string
}

export interface KeysHeader extends FileHeader {
  backupId: string
  /** Encrypts rows of the other file: 32 bytes in base64. */
  rowKey: string
  /** What the installation made for itself, in base64; null where the configuration gives it. */
  masterKey: string | null
  auditSigningKeys: readonly { kid: string; key: string }[] | null
}

/** A key of the key store, wrapped by a master key as it is there; null: destroyed. */
export interface KeyRow {
  name: string
  wrapped: string | null
  wrappedBy: string | null
  createdAt: string
  destroyedAt: string | null
}

export type KeysLine = { key: KeyRow }

/** A key that was destroyed. */
export interface Tombstone {
  name: string
  at: string
}
