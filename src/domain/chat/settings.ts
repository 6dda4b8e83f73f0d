import { accepting, assertNever, reject } from '../decider.js'
import type { ChatOutcome, SettingsCommand } from './commands.js'
import type { ChatEvent } from './events.js'
import { hasEnded, roleOf, type OpenChat } from './state.js'

type Command<Type extends SettingsCommand['type']> = Extract<SettingsCommand, { type: Type }>

/** Invites of one chat that can be used at the same time. */
export const MAX_INVITES = 100

const accept = accepting<ChatEvent>()

/** Name, visibility, join policy, archiving and invites of a chat: for its owners and admins, and not in direct chats. */
export function decideSettings(command: SettingsCommand, chat: OpenChat): ChatOutcome {
  const own = roleOf(chat, command.by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  if (own === 'member') return reject({ code: 'role-too-low' })
  switch (command.type) {
    case 'ChangeChat':
      return changeChat(command, chat)
    case 'ArchiveChat':
      return chat.archived ? accept() : accept({ type: 'ChatArchived', by: command.by })
    case 'UnarchiveChat':
      return chat.archived ? accept({ type: 'ChatUnarchived', by: command.by }) : accept()
    case 'CreateInvite':
      return createInvite(command, chat)
    case 'RevokeInvite': {
      const { invite, by } = command
      return chat.invites.has(invite) ? accept({ type: 'InviteRevoked', invite, by }) : accept()
    }
    default:
      return assertNever(command)
  }
}

/** A name is no fact of the fold: to give the same again is a change. */
function changeChat({ by, change }: Command<'ChangeChat'>, chat: OpenChat): ChatOutcome {
  const { name, historyVisibility: visibility, joinPolicy: policy } = change
  const changed = {
    ...(visibility === undefined || visibility === chat.visibility.at(-1)?.visibility
      ? {}
      : { historyVisibility: visibility }),
    ...(policy === undefined || policy === chat.joinPolicy ? {} : { joinPolicy: policy }),
    ...(name === undefined ? {} : { name }),
  }
  if (Object.keys(changed).length === 0) return accept()
  if (chat.archived) return reject({ code: 'chat-archived' })
  return accept({ type: 'ChatChanged', by, ...changed })
}

/** At the maximum, expired invites are revoked first to make room. */
function createInvite(command: Command<'CreateInvite'>, chat: OpenChat): ChatOutcome {
  const { invite, by, now, expiresAt, maxUses } = command
  if (chat.invites.has(invite)) return accept()
  if (chat.archived) return reject({ code: 'chat-archived' })
  const created = { type: 'InviteCreated', invite, by, expiresAt, maxUses } as const
  if (chat.invites.size < MAX_INVITES) return accept(created)
  const ended = [...chat.invites].filter(([, known]) => hasEnded(known, now))
  if (ended.length === 0) return reject({ code: 'too-many-invites' })
  return accept(...ended.map(([old]) => ({ type: 'InviteRevoked' as const, invite: old, by })), created)
}
