const MAX_RETRY_MS = 30_000

/** The pause after so many failures in a row: doubled each time, up to 30 s. */
export const retryDelay = (failures: number, firstMs: number): number =>
  Math.min(MAX_RETRY_MS, firstMs * 2 ** (failures - 1))
