import { createOutage, type FailureReport } from '../async/outage.js'
import { singleFlight } from '../async/single-flight.js'
import { recordChanges } from '../flags/record-changes.js'
import type { Core } from './core.js'
import type { Releases } from './release.js'

const POLL_MS = 2_000

/** Reads the file of flags again and again, and records what changed, also while no node ran. A file that cannot be used changes nothing. */
export function startFlags(
  { flagsFile: file, content, log, reader, sealer }: Pick<Core, 'flagsFile' | 'content' | 'log' | 'reader' | 'sealer'>,
  report: FailureReport,
  releases: Releases,
): void {
  if (file === null) return
  const outage = createOutage('feature-flags', report)
  let isRecorded = false

  const look = singleFlight(async () => {
    try {
      if (await file.reload()) {
        isRecorded = false
        await content.refresh()
      }
      if (!isRecorded) await recordChanges(file.definitions(), { log, reader, sealer })
      isRecorded = true
      outage.succeeded()
    } catch (error) {
      outage.failed(error)
    }
  })

  let latest = look()
  const timer = setInterval(() => {
    latest = look()
  }, POLL_MS)
  timer.unref()
  releases.onRelease(async () => {
    clearInterval(timer)
    await latest
  })
}
