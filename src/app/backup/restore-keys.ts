import type { Pool } from 'pg'
import type { KeyRow, Tombstone } from '../../backup/backup-lines.js'
import { readKeysFile, readTombstonesFile } from '../../backup/keys-lines.js'
import { destroyKeys, insertKeys } from '../../backup/stored-keys.js'
import type { CheckedRestore } from './restore-request.js'

const BATCH = 1_000

/** The keys of the backup, and then destroyed again what was destroyed since. */
export async function restoreKeys(pool: Pool, restore: CheckedRestore): Promise<void> {
  const { keysFile, tombstonesFile, identities, onProgress } = restore
  let done = 0
  let keys: KeyRow[] = []
  const addKeys = async (): Promise<void> => {
    await insertKeys(pool, keys)
    done += keys.length
    onProgress('restoring keys', done, done)
    keys = []
  }
  for await (const line of readKeysFile(keysFile, identities))
    if ('key' in line && keys.push(line.key) === BATCH) await addKeys()
  await addKeys()
  if (tombstonesFile === null) return
  let tombstones: Tombstone[] = []
  for await (const line of readTombstonesFile(tombstonesFile, identities)) {
    if (!('destroyed' in line) || tombstones.push(line.destroyed) < BATCH) continue
    await destroyKeys(pool, tombstones)
    tombstones = []
  }
  await destroyKeys(pool, tombstones)
}
