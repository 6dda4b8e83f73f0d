import type { Pool } from 'pg'
import { readCheckpoint } from './checkpoint.js'
import type { OpenProjection } from './open-projection.js'
import type { TableName } from './projection.js'

/** Tables of one generation, and what of the projection's row a query checks them by. */
export interface GenerationTables {
  table: TableName
  /**
   * A statement that gives the checkpoint as `position`, in the snapshot of the query that it is part of; no row where another
   * generation is in use meanwhile.
   */
  checkpoint: string
}

/** A query asked a generation that was replaced. */
class GenerationReplacedError extends Error {
  override readonly name = 'GenerationReplacedError'
}

/** The position of the query's `checkpoint`, which stands in each of its rows. */
export function checkpointOf(rows: readonly { position: string }[]): string {
  const [first] = rows
  if (first === undefined) throw new GenerationReplacedError()
  return first.position
}

type Query = (...args: never[]) => Promise<unknown>

/**
 * Queries that use the generation which this process knows to be in use. Each call uses one alone; a call that meets a replaced one is
 * repeated with its successor.
 */
export function perGeneration<Made extends object>(
  pool: Pool,
  open: OpenProjection,
  create: (tables: GenerationTables) => Made,
): Made {
  const make = () => ({ generation: open.generation, queries: create(tablesOf(open)) })
  let current = make()

  function currentQueries(): typeof current {
    if (current.generation !== open.generation) current = make()
    return current
  }

  async function call(method: string, args: never[]): Promise<unknown> {
    const { generation, queries } = currentQueries()
    const query = Reflect.get(queries, method) as Query
    try {
      return await query(...args)
    } catch (error) {
      if (!isOfReplaced(error) || !(await isReplaced(generation))) throw error
      return call(method, args)
    }
  }

  async function isReplaced(generation: number): Promise<boolean> {
    const known = await readCheckpoint(pool, open.projection)
    if (known === null || known.generation === generation) return false
    open.useGeneration(known.generation)
    return true
  }

  const methods = Object.keys(current.queries).map((method) => [method, (...args: never[]) => call(method, args)])
  return Object.fromEntries(methods) as Made
}

function tablesOf({ table, generation, projection: { name, version } }: OpenProjection): GenerationTables {
  const checkpoint = `select position from projections where name = '${name}' and version = ${version} and generation = ${generation}`
  return { table, checkpoint }
}

const UNDEFINED_TABLE = '42P01'

const isOfReplaced = (error: unknown): boolean =>
  error instanceof GenerationReplacedError || (error as { code?: unknown }).code === UNDEFINED_TABLE
