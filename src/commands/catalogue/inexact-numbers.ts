import type { Json } from '../../domain/event.js'

/**
 * The paths of all numbers in a value that did not survive being read from JSON, or would not survive another reader: integers beyond
 * ±(2^53 − 1), which may have been rounded, and numbers too large to be finite.
 */
export function inexactNumbers(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value === 'number') return isExact(value) ? [] : [path]
  if (typeof value !== 'object' || value === null) return []
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, inner]) => inexactNumbers(inner, [...path, key]))
}

const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
