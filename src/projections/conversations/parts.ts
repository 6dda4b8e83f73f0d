import { bansPart } from './moderation/bans.js'
import { blocksPart } from './moderation/blocks.js'
import { holdsPart } from './moderation/holds.js'
import { reportsPart } from './moderation/reports.js'
import { webhooksPart } from './moderation/webhooks.js'
import { chatsPart } from './chats/chats.js'
import { chatNamesPart } from './chats/chat-names.js'
import { openChatsPart } from './chats/open-chats.js'
import { membershipsPart } from './memberships/memberships.js'
import { editsPart } from './messages/edits.js'
import { mentionsPart } from './messages/mentions.js'
import { messagesPart } from './messages/messages.js'
import { pinsPart } from './messages/pins.js'
import { reactionsPart } from './messages/reactions.js'
import type { EventType, Part } from './part.js'
import { retentionPart } from './retention/retention.js'
import { deletedSeqsPart } from './reading/deleted-seqs.js'
import { ownSettingsPart } from './reading/own-settings.js'
import { readMarkersPart } from './reading/read-markers.js'
import { searchPart } from './search/search-texts.js'
import { userSearchWordsPart } from './users/user-search-words.js'
import { usersPart } from './users/users.js'
import { fullSpansPart } from './visibility/full-spans.js'

/** An event goes through them in this order: `edits` keeps a message's text before `messages` replaces it. */
const all = [
  usersPart,
  userSearchWordsPart,
  chatsPart,
  fullSpansPart,
  membershipsPart,
  openChatsPart,
  chatNamesPart,
  editsPart,
  deletedSeqsPart,
  reactionsPart,
  messagesPart,
  pinsPart,
  mentionsPart,
  searchPart,
  readMarkersPart,
  ownSettingsPart,
  bansPart,
  blocksPart,
  holdsPart,
  retentionPart,
  reportsPart,
  webhooksPart,
] as const

export const parts: readonly Part[] = all

/** Those that make a chat as it was: of what it shows, not of how it is searched or moderated. In the same order. */
export const replayedParts: readonly Part[] = [
  usersPart,
  chatsPart,
  membershipsPart,
  reactionsPart,
  messagesPart,
  pinsPart,
]

/** Events that change no row but the version of their chat, if any. */
export const withoutRows = [
  'InviteCreated',
  'InviteRevoked',
  'SessionOpened',
  'SessionRevoked',
  'PasswordChanged',
  'UserExported',
  'RolesChanged',
  'UserDeactivated',
  'UserReactivated',
  'UserHoldPlaced',
  'UserHoldEnded',
  'LogOpened',
  'LogCopied',
  'LogRestored',
  'ProjectionEventSkipped',
  'FeatureFlagChanged',
  'SecurityEventRecorded',
  'PrivilegedAccessStarted',
  'PrivilegedAccessEnded',
] as const satisfies readonly EventType[]

type TypesOf<Given> = Given extends { apply: infer Handlers } ? keyof Handlers : never
type Known =
  | TypesOf<(typeof all)[number]>
  | 'UserRegistered'
  | 'MessageSent'
  | 'ParticipantJoined'
  | 'ParticipantAdded'
  | 'ParticipantLeft'
type Missing = Exclude<EventType, Known | 'ParticipantRemoved' | (typeof withoutRows)[number]>

/** Does not compile while an event type has no place: neither a handler nor a line in `withoutRows`. */
export const missingTypes: [Missing] extends [never] ? 'none' : Missing = 'none'
