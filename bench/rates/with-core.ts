import { parseConfig } from '../../src/app/config.js'
import { openCore, type Core } from '../../src/app/core.js'
import { openFoundations, type Foundations } from '../../src/app/foundations.js'
import { createReleases } from '../../src/app/release.js'
import { throwingReport } from './throwing-report.js'

/** Parley's parts without a server, on the databases of this process's environment. */

const config = () => parseConfig(process.env, () => '')
const quiet = (): void => undefined

export async function withCore<Result>(work: (core: Core) => Promise<Result>): Promise<Result> {
  await using releases = createReleases()
  const options = {
    print: quiet,
    report: throwingReport,
    onAppended: quiet,
    commandDeadlineMs: 600_000,
  }
  return await work(await openCore(config(), options, releases))
}

export async function withFoundations<Result>(work: (foundations: Foundations) => Promise<Result>): Promise<Result> {
  await using releases = createReleases()
  return await work(
    await openFoundations(config(), { print: quiet, report: throwingReport, clock: () => new Date() }, releases),
  )
}
