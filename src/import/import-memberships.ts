import type { ImportLine } from './parse-line.js'

/** The members of each chat of a source, by its lines alone. */
export interface ImportMemberships {
  /** Applies a line; gives whether its user was in the chat before. */
  apply(line: ImportLine, userId: string): boolean
}

export function createImportMemberships(): ImportMemberships {
  const chats = new Map<string, Set<string>>()

  function membersOf(line: ImportLine, userId: string): Set<string> {
    const known = chats.get(line.chat)
    if (known !== undefined) return known
    const made = new Set([userId]) // the first user creates the chat
    chats.set(line.chat, made)
    return made
  }

  return {
    apply(line, userId) {
      if (line.type === 'nick') return true
      const members = membersOf(line, userId)
      const wasMember = members.has(userId)
      if (line.type === 'leave') members.delete(userId)
      else members.add(userId)
      return wasMember
    },
  }
}
