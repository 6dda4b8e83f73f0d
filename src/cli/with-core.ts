import type { Config } from '../app/config.js'
import { commandCacheSizes } from '../app/cache-sizes.js'
import { openCore, type Core, type CoreOptions } from '../app/core.js'
import { titleOf } from '../app/failure-report.js'
import { openFoundations, type Foundations } from '../app/foundations.js'
import { createReleases } from '../app/release.js'
import type { FailureReport } from '../async/outage.js'
import { printNotice } from './output.js'

export const failureReport: FailureReport = {
  onFailure: (name, error) => printNotice(`${titleOf(name)} failed; retrying: ${String(error)}`),
  onRecovery: (name) => printNotice(`${titleOf(name)} works again`),
}

/** Opens log, keys, commands and projections for one piece of work, beside a server or without one. */
export async function withCore<Result>(
  config: Config,
  work: (core: Core) => Promise<Result>,
  options: Pick<CoreOptions, 'commandDeadlineMs'> = {},
): Promise<Result> {
  const releases = createReleases()
  const bounds = { cacheSizes: commandCacheSizes, ...options }
  const onAppended = (): void => undefined
  try {
    return await work(
      await openCore(config, { print: printNotice, report: failureReport, onAppended, ...bounds }, releases),
    )
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}

/** Opens databases, log and keys, and starts nothing. */
export async function withFoundations<Result>(
  config: Config,
  work: (foundations: Foundations) => Promise<Result>,
): Promise<Result> {
  const releases = createReleases()
  try {
    return await work(
      await openFoundations(config, printNotice, failureReport, () => new Date(), releases, commandCacheSizes),
    )
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}
