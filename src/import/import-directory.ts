import type { Caller, RunCommand } from '../commands/run-command.js'
import type { ImportIds } from './import-ids.js'

/** The people and chats of a source. Whoever or whatever is met first is registered or created by it. */
export interface ImportDirectory {
  /** Whom the name stands for. Nothing may be done for somebody new before `registered`. */
  user(name: string, at: string): string
  /** Once all who were met are registered: together, for a commit each would take longer than all their lines. */
  registered(): Promise<void>
  chat(name: string, creator: string, at: string): Promise<string>
  /** From here on, lines under this name are that person's. */
  rename(newName: string, userId: string): void
}

interface Newcomer {
  name: string
  userId: string
  at: string
}

/** The import cannot go on; what was imported stays. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped'
}

const notOfThisSource = (who: string, code: string): ImportStopped =>
  new ImportStopped(`${who} is there, and was not imported from this source (${code}). Give the file another --source`)

export function createImportDirectory({
  run,
  ids,
  makeKeys,
  correlationId,
  summary,
}: {
  run: RunCommand
  ids: ImportIds
  /** In one statement, where each person's own would be a commit each. */
  makeKeys(userIds: readonly string[]): Promise<unknown>
  correlationId: string
  /** Counts who and what is met. */
  summary: { users: number; chats: number }
}): ImportDirectory {
  const users = new Map<string, string>()
  const chats = new Map<string, string>()
  const newcomers: Newcomer[] = []
  const callerFor = (userId: string): Caller => ({ userId, origin: 'import', correlationId, key: null, client: null })

  async function register({ name, userId, at: originalAt }: Newcomer): Promise<void> {
    const result = await run('registerUser', { name, imported: true, originalAt }, callerFor(userId))
    if (result.kind === 'rejected') throw notOfThisSource(`the person ${name}`, result.rejection.code)
    summary.users++
  }

  return {
    user(name, at) {
      const known = users.get(name)
      if (known !== undefined) return known
      const userId = ids.user(name)
      users.set(name, userId)
      newcomers.push({ name, userId, at })
      return userId
    },
    async registered() {
      const met = newcomers.splice(0)
      await makeKeys(met.map(({ userId }) => userId))
      await Promise.all(met.map(register))
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
