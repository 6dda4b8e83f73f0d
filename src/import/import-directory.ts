import type { Caller, RunCommand } from '../commands/run-command.js'
import type { ImportIds } from './import-ids.js'
import { ImportStopped } from './import-stopped.js'

/** The users and chats of a source, each registered or created when a line names it first. */
export interface ImportDirectory {
  /** Notes the user of a line. Nothing may be done for a new one before `registered`. */
  meet(userId: string, name: string, at: string): void
  /** Registers those who were met: together, for a commit each would take longer than all their lines. */
  registered(): Promise<void>
  chat(name: string, creator: string, at: string): Promise<string>
}

interface Newcomer {
  name: string
  userId: string
  at: string
}

const notOfThisSource = (who: string, code: string): ImportStopped =>
  new ImportStopped(
    `${who} exists already and was not imported from this source (${code}). Give the file another --source`,
  )

export function createImportDirectory({
  run,
  ids,
  makeKeys,
  correlationId,
  summary,
}: {
  run: RunCommand
  ids: ImportIds
  /** Of all users in one statement. */
  makeKeys(userIds: readonly string[]): Promise<unknown>
  correlationId: string
  /** Counts the users and chats that are met. */
  summary: { users: number; chats: number }
}): ImportDirectory {
  const users = new Set<string>()
  const chats = new Map<string, string>()
  const newcomers: Newcomer[] = []
  const callerFor = (userId: string): Caller => ({ userId, origin: 'import', correlationId, key: null, client: null })

  async function register({ name, userId, at: originalAt }: Newcomer): Promise<void> {
    const result = await run('registerUser', { name, imported: true, originalAt }, callerFor(userId))
    if (result.kind === 'rejected') throw notOfThisSource(`the user ${name}`, result.rejection.code)
    summary.users++
  }

  return {
    meet(userId, name, at) {
      if (users.has(userId)) return
      users.add(userId)
      newcomers.push({ name, userId, at })
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
  }
}
