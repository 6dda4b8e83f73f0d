/** How deep what clients send may be nested; a deeper one costs more to judge than it can be worth. */
export const MAX_NESTED = 32

/** Whether a parsed value holds more than `most` lists and objects within each other. Never goes deeper itself. */
export function isNestedDeeper(value: unknown, most: number = MAX_NESTED): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (most === 0) return true
  return Object.values(value).some((inner) => isNestedDeeper(inner, most - 1))
}
