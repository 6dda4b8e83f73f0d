import { createBoundedCache } from '../async/bounded-cache.js'
import type { ImportIds } from './import-ids.js'
import type { ImportLine } from './parse-line.js'

/** The user of each line of a source, by name; a line that renames a user counts for those after it. */
export interface SourceNames {
  userOf(line: ImportLine): string
}

/** Archives name the same users again and again. */
const MAX_CACHED = 10_000

export function createSourceNames(ids: Pick<ImportIds, 'user'>): SourceNames {
  const renamed = new Map<string, string>()
  const known = createBoundedCache<string, string>(MAX_CACHED)

  function idOf(name: string): string {
    const userId = known.get(name) ?? ids.user(name)
    known.set(name, userId)
    return userId
  }

  return {
    userOf(line) {
      const userId = renamed.get(line.user) ?? idOf(line.user)
      if (line.type === 'nick') renamed.set(line.newName, userId)
      return userId
    },
  }
}
