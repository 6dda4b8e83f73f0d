import type { AnalyticsDeps } from './analytics-deps.js'
import { readGenerations } from './database/checkpoints.js'
import { findFiles } from './find-files.js'
import { createAnalystsProjection, type AnalystsProjection } from './analysts-projection.js'

/** What operators and analysts can do with analysts' projections, beside a server or without one. Disposing of it ends comparisons. */
export interface Analytics extends AsyncDisposable {
  /** Those with a file or with tables, by name. */
  all(): Promise<AnalystsProjection[]>
  /** Null where there is neither a file nor a table of this name. */
  find(name: string): Promise<AnalystsProjection | null>
}

export function createAnalytics(deps: AnalyticsDeps): Analytics {
  const stop = new AbortController()
  const comparisons = new Set<Promise<unknown>>()

  /** Remembers what runs, so that it ends before the connections do. */
  function track<Result>(running: Promise<Result>): Promise<Result> {
    const ended = running.catch(() => undefined).finally(() => comparisons.delete(ended))
    comparisons.add(ended)
    return running
  }

  async function all(): Promise<AnalystsProjection[]> {
    const files = new Map((await findFiles(deps.folder)).map(({ name, path }) => [name, path]))
    const rows = await readGenerations(deps.pool)
    const names = [...new Set([...files.keys(), ...rows.map(({ name }) => name)])].sort()
    const shared = { ...deps, signal: stop.signal, track }
    return names.map((name) => createAnalystsProjection({ ...shared, name, path: files.get(name) ?? null }))
  }

  return {
    all,
    find: async (name) => (await all()).find((projection) => projection.name === name) ?? null,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(comparisons)
    },
  }
}
