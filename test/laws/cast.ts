import { randomUUID } from 'node:crypto'
import type { RunCommand } from '../../src/commands/run-command.js'
import { callerOf, people, type ImportDirectory } from './perform.js'

/** Registers everyone. */
export async function registerPeople(run: RunCommand): Promise<void> {
  for (const [at, name] of ['Ann', 'Ben', 'Cat', 'Dan', 'Eve'].entries())
    await run('registerUser', { name, imported: false }, callerOf(people[at]!))
}

/** Opens chats that are only this story's, of five users. */
export async function openCast(run: RunCommand, users: readonly string[] = people): Promise<ImportDirectory> {
  const [ann, ben, cat] = users as [string, string, string]
  const group = { chatType: 'group', name: 'Team', imported: false } as const
  const direct = { chatType: 'direct', name: null, participantIds: [ben], imported: false } as const
  const chats = [
    { ...group, participantIds: [ben, cat], historyVisibility: 'full', joinPolicy: 'open' },
    { ...group, participantIds: [ben, cat], historyVisibility: 'since-joined', joinPolicy: 'invite' },
    { ...direct, chatId: randomUUID(), historyVisibility: 'full', joinPolicy: 'invite' },
  ] as const
  const made: string[] = []
  for (const chat of chats) made.push((await run('createChat', chat, callerOf(ann))).stream.slice('chat-'.length))
  return {
    users,
    chatIds: made,
    told: [],
    members: chats.map(({ participantIds }) => new Set([ann, ...participantIds])),
    messages: chats.map(() => []),
    invites: chats.map(() => []),
  }
}
