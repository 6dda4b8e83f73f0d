import { LRUCache } from 'lru-cache'

/**
 * Holds the `most` entries that were used last, and takes memory for those that are there. With its option `max`, LRUCache would reserve
 * memory for all at once: for 50,000 that is a megabyte and some milliseconds of each start.
 */
export const createBoundedCache = <Key extends string, Value extends object | string | number | boolean>(
  most: number,
): LRUCache<Key, Value> => new LRUCache<Key, Value>({ maxSize: most, sizeCalculation: () => 1 })
