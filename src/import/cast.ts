import type { Caller, RunCommand } from '../commands/run-command.js'
import type { ImportIds } from './import-ids.js'

/** The people and chats of a source. Whoever or whatever is met first is registered or created by it. */
export interface Cast {
  user(name: string, at: string): Promise<string>
  chat(name: string, creator: string, at: string): Promise<string>
  /** From here on, lines under this name are that person's. */
  rename(newName: string, userId: string): void
}

/** The import cannot go on; what was imported stays. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped'
}

const notOfThisSource = (who: string, code: string): ImportStopped =>
  new ImportStopped(`${who} is there, and was not imported from this source (${code}). Give the file another --source`)

export function createCast({
  run,
  ids,
  correlationId,
  summary,
}: {
  run: RunCommand
  ids: ImportIds
  correlationId: string
  /** Counts who and what is met. */
  summary: { users: number; chats: number }
}): Cast {
  const users = new Map<string, string>()
  const chats = new Map<string, string>()
  const callerFor = (userId: string): Caller => ({ userId, origin: 'import', correlationId, key: null, client: null })

  return {
    async user(name, originalAt) {
      const known = users.get(name)
      if (known !== undefined) return known
      const userId = ids.user(name)
      const result = await run('registerUser', { name, imported: true, originalAt }, callerFor(userId))
      if (result.kind === 'rejected') throw notOfThisSource(`the person ${name}`, result.rejection.code)
      users.set(name, userId)
      summary.users++
      return userId
    },
    async chat(name, creator, originalAt) {
      const known = chats.get(name)
      if (known !== undefined) return known
      const chatId = ids.chat(name)
      const settings = { historyVisibility: 'full', joinPolicy: 'invite' } as const
      const result = await run(
        'createChat',
        { chatId, chatType: 'group', participantIds: [], name, ...settings, imported: true, originalAt },
        callerFor(creator),
      )
      if (result.kind === 'rejected') throw notOfThisSource(`the chat ${name}`, result.rejection.code)
      chats.set(name, chatId)
      summary.chats++
      return chatId
    },
    rename(newName, userId) {
      users.set(newName, userId)
    },
  }
}
