import { commandCacheSizes } from '../cache-sizes.js'
import type { Config } from '../config.js'
import { openCore } from '../core.js'
import { createReleases } from '../release.js'
import { checkRestore } from './check-restore.js'
import { completeRestore, type RestoreOutcome } from './complete-restore.js'
import { restoreData } from './restore-data.js'
import type { RestoreRequest } from './restore-request.js'

/**
 * Restores a backup into databases and a log that are empty; nothing starts on them before it is finished. Null where it was interrupted: the same
 * restore goes on from there.
 * @throws BackupError
 */
export async function restore(config: Config, request: RestoreRequest): Promise<RestoreOutcome | null> {
  const checked = await checkRestore(request)
  await restoreData(config, checked)
  if (request.signal.aborted) return null
  await using releases = createReleases()
  const { print, report } = request
  const onAppended = (): void => undefined
  const options = { print, report, onAppended, cacheSizes: commandCacheSizes, isRestoring: true }
  return await completeRestore(await openCore(config, options, releases), checked)
}
