import type { Config } from '../app/config.js'
import { commandCacheSizes } from '../app/cache-sizes.js'
import { openCore, type Core, type CoreOptions } from '../app/core.js'
import { titleOf } from '../app/failure-report.js'
import { openFoundations, type Foundations } from '../app/foundations.js'
import { createReleases } from '../app/release.js'
import type { FailureReport } from '../async/outage.js'
import { printNotice } from './output.js'
import { recordCommand } from './recorded-command.js'

export const failureReport: FailureReport = {
  onFailure: (name, error) => printNotice(`${titleOf(name)} failed; retrying: ${String(error)}`),
  onRecovery: (name) => printNotice(`${titleOf(name)} works again`),
}

/** Opens log, keys, commands and projections for one piece of work, beside a server or without one. */
export async function withCore<Result>(
  config: Config,
  work: (core: Core) => Promise<Result>,
  patience: Pick<CoreOptions, 'commandDeadlineMs'> = {},
): Promise<Result> {
  const releases = createReleases()
  const bounds = { cacheSizes: commandCacheSizes, ...patience }
  const onAppended = (): void => undefined
  try {
    const options = { print: printNotice, report: failureReport, onAppended, ...bounds }
    const core = await openCore(config, options, releases)
    return await recordCommand(core, failureReport, () => work(core))
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
    const clock = () => new Date()
    const foundations = await openFoundations(
      config,
      { print: printNotice, report: failureReport, clock, sizes: commandCacheSizes },
      releases,
    )
    return await recordCommand(foundations, failureReport, () => work(foundations))
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}
