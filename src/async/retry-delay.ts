import { UnavailableError } from './unavailable-error.js'

const MAX_RETRY_MS = 30_000
/** What comes back is used again within 3 s, however long it was away. Trying costs one connection at most. */
const MAX_AWAY_MS = 2_000

/** The pause after so many failures in a row: doubled each time, up to 30 s; up to 2 s where the last failure was that something is unavailable. */
export const retryDelay = (failures: number, firstMs: number, error?: unknown): number =>
  Math.min(error instanceof UnavailableError ? MAX_AWAY_MS : MAX_RETRY_MS, firstMs * 2 ** (failures - 1))
