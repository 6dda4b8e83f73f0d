import type { ClientBase } from 'pg'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import type { AddParameter } from './parameters.js'

/** The real name of one of a projection's tables: with its version and generation. */
export type TableName = (table: string) => string

/**
 * A read model: tables, and how events change them. What one query joins is one projection, so that all of it has one
 * checkpoint. Thrown away and made again from the log at any time.
 */
export interface Projection {
  name: string
  /** Raised whenever its tables or its rows change their meaning. */
  version: number
  tables: readonly string[]
  /** Only events of streams whose name begins with one of these; all when absent. */
  streamPrefixes?: readonly string[]
  /**
   * Set where few pages hold anything for it: its checkpoint then passes over the others at most once in this time, so that it costs the
   * database nothing beside the busy ones. What a restart examines again is what came in that time.
   */
  idleMs?: number
  /** Why it may skip no event; absent where it may. */
  neverSkips?: string
  /** Why it may not be stopped; absent where it may. */
  neverStops?: string
  /** The statements that make its tables, empty. */
  schema(table: TableName): string
  /**
   * Statements for tables that a rebuild fills: before the first event, and once it is near the end of the log. The latter may run again,
   * where another process goes on with a rebuild.
   */
  filling?: { begin(table: TableName): string; end(table: TableName): string }
  /** Whatever of `apply` can be done ahead, such as opening the events; nothing depends on it. */
  prepare?(batch: readonly RecordedEvent[]): Promise<unknown>
  /**
   * What `apply` does to the tables, as queries of one `with` clause: each writes only where `moved`, a query before them, has a row. Null
   * where this batch needs `apply`. The text is the same for every batch.
   */
  pageQueries?:
    | ((
        batch: readonly RecordedEvent[],
        table: TableName,
        parameter: AddParameter,
      ) => Promise<readonly string[] | null>)
    | undefined
  /** Applies events, in the order of the log, within the transaction that moves the checkpoint. */
  apply(batch: readonly RecordedEvent[], tx: ClientBase, table: TableName, isFilling?: boolean): Promise<void>
}

/** What identifies a projection: releases with another version have tables of their own. */
export type ProjectionKey = Pick<Projection, 'name' | 'version'>

export const tableName =
  ({ version }: Pick<Projection, 'version'>, generation: number): TableName =>
  (table) =>
    `${table}_${version}_${generation}`
