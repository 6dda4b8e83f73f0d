import { allUpcasters, currentType } from '../../domain/any-event.js'

/** What is wrong with these event types, naming the nearest known one; null where Parley knows all of them. */
export function findUnknownType(types: readonly string[]): { type: string; message: string } | null {
  const type = types.find((one) => !Object.hasOwn(allUpcasters, one))
  if (type === undefined) return null
  const nearest = currentType(type) === type ? nearestType(type) : currentType(type)
  return { type, message: `events names "${type}", which no event is: did you mean "${nearest}"?` }
}

function nearestType(given: string): string {
  const distances = Object.keys(allUpcasters).map((type) => [editDistance(given, type), type] as const)
  const [[, nearest] = [0, '']] = distances.sort(([a], [b]) => a - b)
  return nearest
}

/** Levenshtein's, without regard to case: how many characters must be added, removed or replaced. */
export function editDistance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()]
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
