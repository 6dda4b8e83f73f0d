import type { ProjectionState } from '../projections/engine/projection-states.js'
import type { AnalyticsDeps } from './analytics-deps.js'
import { createAnalystsProjection, type AnalystsProjection } from './analysts-projection.js'
import { readGenerations } from './database/checkpoints.js'
import { readRunFacts } from './database/run-facts.js'
import { findFiles, type RefusedFile } from './find-files.js'
import { stateOf } from './projection-state.js'

/** What operators and analysts can do with analysts' projections, beside a server or without one. Disposing of it ends comparisons. */
export interface Analytics extends AsyncDisposable {
  /** Those with a file or with tables, by name. */
  all(): Promise<AnalystsProjection[]>
  /** Null where there is neither a file nor a table of this name. */
  find(name: string): Promise<AnalystsProjection | null>
  /** The states of all, read at once. */
  states(): Promise<ProjectionState[]>
  /** Files that cannot be projections, with the reason. */
  refusedFiles(): Promise<RefusedFile[]>
}

export function createAnalytics(deps: AnalyticsDeps): Analytics {
  const { pool, log, folder, reservedNames } = deps
  const stop = new AbortController()
  const comparisons = new Set<Promise<unknown>>()

  /** Remembers what runs, so that it ends before the connections do. */
  function track<Result>(running: Promise<Result>): Promise<Result> {
    const ended = running.catch(() => undefined).finally(() => comparisons.delete(ended))
    comparisons.add(ended)
    return running
  }

  async function readAll() {
    const [{ files }, generations] = await Promise.all([findFiles(folder, reservedNames), readGenerations(pool)])
    const paths = new Map(files.map(({ name, path }) => [name, path]))
    const names = [...new Set([...paths.keys(), ...generations.map(({ name }) => name)])].sort()
    return { generations, found: names.map((name) => ({ name, path: paths.get(name) ?? null })) }
  }

  async function all(): Promise<AnalystsProjection[]> {
    const { found } = await readAll()
    return found.map((one) => createAnalystsProjection({ ...deps, ...one, signal: stop.signal, track }))
  }

  return {
    all,
    find: async (name) => (await all()).find((projection) => projection.name === name) ?? null,
    async states() {
      const [{ found, generations }, facts, head] = await Promise.all([readAll(), readRunFacts(pool), log.head()])
      return Promise.all(found.map((one) => stateOf(one, { ...facts, head, generations }, deps)))
    },
    refusedFiles: async () => (await findFiles(folder, reservedNames)).refused,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(comparisons)
    },
  }
}
