import { TAIL_BOUNDS, type TailBounds } from '../eventstore/tail.js'

/** How much each cache of a process may hold. A miss costs a read or a derivation, nothing else. */
export interface CacheSizes {
  /** States and recent histories of streams, in entries of roughly 100 bytes. */
  streamEntries: number
  /** Half a kilobyte each. */
  dataKeys: number
  /** More than a kilobyte each; sealing and opening have a cache each. */
  boxKeys: number
  /** Events that this process has sealed and not read yet; some kilobytes each. */
  ownEvents: number
  tail: TailBounds
}

export const serverCacheSizes: CacheSizes = {
  streamEntries: 1_000_000,
  dataKeys: 50_000,
  boxKeys: 10_000,
  ownEvents: 5_000,
  tail: TAIL_BOUNDS,
}

/** An operator command runs beside a server on the same machine, and shall stay below 200 MB whatever it is given. */
export const commandCacheSizes: CacheSizes = {
  streamEntries: 40_000,
  dataKeys: 5_000,
  boxKeys: 2_000,
  ownEvents: 2_000,
  tail: { window: { events: 2_000, characters: 4 * 1024 * 1024 }, pageEvents: 250 },
}
