import type { Config } from '../app/config.js'
import { openCore, type Core } from '../app/core.js'
import { createReleases } from '../app/release.js'

export const say = (line: string): unknown => process.stderr.write(`${line}\n`)

/** Opens log, keys, commands and projections for one piece of work, beside a server or without one. */
export async function withCore<Result>(config: Config, work: (core: Core) => Promise<Result>): Promise<Result> {
  const releases = createReleases()
  const onProjectionFailure = (name: string, error: unknown): unknown => say(`projection ${name}: ${String(error)}`)
  try {
    return await work(await openCore(config, { say, onProjectionFailure, onAppended: () => undefined }, releases))
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}
