import { reject, type Decider } from '../decider.js'
import type {
  ChatCommand,
  ChatOutcome,
  ChatRejection,
  MembershipCommand,
  MessageCommand,
  SettingsCommand,
} from './commands.js'
import type { ChatEvent } from './events.js'
import { evolve } from './evolve.js'
import { decideMembership } from './membership.js'
import { decideMessage } from './messages.js'
import { decideSettings } from './settings.js'
import type { Chat } from './state.js'

export const chatDecider: Decider<ChatCommand, Chat, ChatEvent, ChatRejection> = {
  initial: { status: 'absent' },
  decide,
  evolve,
}

function decide(command: ChatCommand, chat: Chat): ChatOutcome {
  if ('line' in command && chat.status === 'open' && !chat.imported) return reject({ code: 'not-imported' })
  if (isAboutMembership(command)) return decideMembership(command, chat)
  if (chat.status === 'absent') return reject({ code: 'not-a-participant' })
  return isAboutSettings(command) ? decideSettings(command, chat) : decideMessage(command, chat)
}

const membership: ReadonlySet<string> = new Set<MembershipCommand['type']>([
  'CreateChat',
  'JoinChat',
  'JoinByInvite',
  'LeaveChat',
  'AddParticipants',
  'RemoveParticipant',
  'ChangeParticipantRole',
  'BanParticipant',
  'UnbanParticipant',
])

const settings: ReadonlySet<string> = new Set<SettingsCommand['type']>([
  'ChangeChat',
  'ArchiveChat',
  'UnarchiveChat',
  'CreateInvite',
  'RevokeInvite',
])

const isAboutMembership = (command: ChatCommand): command is MembershipCommand => membership.has(command.type)

const isAboutSettings = (command: SettingsCommand | MessageCommand): command is SettingsCommand =>
  settings.has(command.type)
