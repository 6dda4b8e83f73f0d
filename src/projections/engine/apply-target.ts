import type { Position } from '../../eventstore/event-log.js'
import type { Failure } from './checkpoint.js'
import type { AddParameter } from './parameters.js'
import type { Projection, TableName } from './projection.js'

/** Tables of a projection, and the checkpoint that moves with their rows. */
export interface ApplyTarget {
  projection: Projection
  table: TableName
  /** Between the statements of the projection's `filling`. */
  isFilling?: boolean
  /** Events that the operator had it skip. */
  skipped: ReadonlySet<Position>
  /** The update that moves the checkpoint; null where that is no longer this writer's to do. */
  moveQuery(to: Position, parameter: AddParameter): string | null
  /** Called after the commit. */
  moved(to: Position): void
  failed(failure: Failure): Promise<void>
}
