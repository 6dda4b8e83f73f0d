import { statfs } from 'node:fs/promises'
import { failed, type Finding, ok, warning } from './finding.js'

const GIB = 1_024 ** 3
const LITTLE = { bytes: 5 * GIB, share: 0.1 }
const ALMOST_NOTHING = { bytes: GIB / 2, share: 0.02 }

/** The disk of the data directory, where this machine has one. Databases elsewhere have their own. */
export async function checkDisk(dataDir: string): Promise<Finding[]> {
  const found = await statfs(dataDir).catch(() => null)
  if (found === null) return []
  const free = found.bavail * found.bsize
  const share = found.bavail / found.blocks
  const isBelow = (bound: typeof LITTLE): boolean => free < bound.bytes && share < bound.share
  const text = `${(free / GIB).toFixed(1)} GiB free (${Math.floor(share * 100)} %) at ${dataDir}`
  if (isBelow(ALMOST_NOTHING)) return [failed('disk', `${text}: make room now, or Postgres stops taking writes`)]
  if (isBelow(LITTLE)) return [warning('disk', `${text}: make room`)]
  return [ok('disk', text)]
}
