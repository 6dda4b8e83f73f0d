import type { ImportIds } from './import-ids.js'
import type { ImportLine } from './parse-line.js'

/** Which user each name of a source stands for, line after line: a new name counts from the line on that gave it. */
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
