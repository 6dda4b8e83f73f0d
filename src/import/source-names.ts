import type { ImportIds } from './import-ids.js'
import type { ImportLine } from './parse-line.js'

/** The user of each line of a source, by name; a line that renames a user counts for those after it. */
export interface SourceNames {
  userOf(line: ImportLine): string
}

export function createSourceNames(ids: Pick<ImportIds, 'user'>): SourceNames {
  const renamed = new Map<string, string>()
  return {
    userOf(line) {
      const userId = renamed.get(line.user) ?? ids.user(line.user)
      if (line.type === 'nick') renamed.set(line.newName, userId)
      return userId
    },
  }
}
