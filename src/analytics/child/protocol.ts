import type { ProjectionEvent } from '../projection-file.js'

/** What the server sends to the process of a projection; it sends the next request only after the answer to the one before. */
export type Request = { kind: 'load'; file: string } | ({ kind: 'open' } & OpenRequest) | ({ kind: 'apply' } & Batch)

export interface OpenRequest {
  /** Of the database. */
  url: string
  name: string
  generation: number
}

export interface Batch {
  /** Where the tables are. */
  schema: string
  /** The position at which the checkpoint must be. */
  from: string
  /** The position to which it moves. */
  to: string
  events: readonly ProjectionEvent[]
}

export type Reply = { value: unknown } | { failure: FailureInFile }

/** What `load` answers. */
export interface LoadedFile {
  version: number
  events: string[]
}

/** What `apply` answers: `moved` where the checkpoint was at another position, or its generation is gone. */
export type BatchOutcome = 'applied' | 'moved'

export interface FailureInFile {
  /** The SQL state, the error's code, or its name. */
  code: string
  message: string
  /** Name of the analyst's file. */
  file: string
  /** Null where it is not known. */
  line: number | null
  /** Whether the same batch may succeed later, because the database could not be reached. */
  isPassing: boolean
}
