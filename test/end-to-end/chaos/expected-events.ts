import type { RecordedEvent } from '../../../src/eventstore/event-log.js'

/** What a participant gets of one version: the frame, and the message or the user that it is about. `event` is `skipped` where it is not for them. */
export interface Expected {
  version: number
  event: string
  about: string | null
}

export interface ExpectedChat {
  /** Of the last event. */
  version: number
  /** Who takes part now. */
  participants: ReadonlySet<string>
  /** For each version from 1 on, what this user gets if they may read it at all. */
  expectedBy(userId: string): Expected[]
  /** The last version that the user may have received: where they are no longer in the chat, that which ended it. */
  lastVersionFor(userId: string): number
}

interface LoggedChange {
  userId?: string
  messageId?: string
  historyVisibility?: string
  participants?: { userId: string }[]
}

const FRAMES: Readonly<Record<string, string>> = {
  ChatCreated: 'chat_created',
  ChatChanged: 'chat_updated',
  ChatArchived: 'chat_archived',
  ChatUnarchived: 'chat_unarchived',
  ParticipantJoined: 'participant_joined',
  ParticipantAdded: 'participant_joined',
  ParticipantLeft: 'participant_left',
  ParticipantRemoved: 'participant_removed',
  ParticipantBanned: 'participant_banned',
  ParticipantUnbanned: 'participant_unbanned',
  ParticipantRoleChanged: 'participant_role_changed',
  MessageSent: 'new_message',
  MessageEdited: 'message_edited',
  MessageDeleted: 'message_deleted',
  ReactionAdded: 'reaction_added',
  ReactionRemoved: 'reaction_removed',
  MessagePinned: 'message_pinned',
  MessageUnpinned: 'message_unpinned',
}

/**
 * The rule of docs/realtime.md once more, from the events of one chat's stream alone: visible are the versions at which the user took part,
 * and those at which the history was `full`; an event about a message is visible where the message's sending is. Nothing of it is the product's code.
 */
function expectedChat(events: readonly RecordedEvent[]): ExpectedChat {
  const participants = new Set<string>()
  const ends = new Map<string, number>()
  const sentAt = new Map<string, number>()
  /** By version: who sees what stands there, and the version at which what it is about was sent. */
  const versions: { expected: Expected; takingPart: ReadonlySet<string>; isFull: boolean; judgedAt: number }[] = []
  let isFull = false

  for (const { type, version, data } of events) {
    const change = JSON.parse(data) as LoggedChange
    const event = FRAMES[type]
    if (event === undefined) throw new Error(`no rule for ${type}`)
    const before = [...participants]
    const { userId = '' } = change
    for (const created of change.participants ?? []) participants.add(created.userId)
    if (event === 'participant_joined') participants.add(userId)
    if (
      ['participant_left', 'participant_removed', 'participant_banned'].includes(event) &&
      participants.delete(userId)
    )
      ends.set(userId, version)
    isFull = change.historyVisibility === undefined ? isFull : change.historyVisibility === 'full'
    if (type === 'MessageSent') sentAt.set(change.messageId ?? '', version)
    versions.push({
      expected: { version, event, about: change.messageId ?? change.userId ?? null },
      takingPart: new Set([...before, ...participants]),
      isFull,
      judgedAt: change.messageId === undefined ? version : (sentAt.get(change.messageId) ?? 0),
    })
  }

  function isVisible(userId: string, version: number): boolean {
    const at = versions[version - 1]
    return at !== undefined && (at.isFull || at.takingPart.has(userId))
  }

  return {
    version: versions.length,
    participants,
    expectedBy: (userId) =>
      versions.map(({ expected, judgedAt }) =>
        isVisible(userId, judgedAt) ? expected : { version: expected.version, event: 'skipped', about: null },
      ),
    lastVersionFor: (userId) => (participants.has(userId) ? versions.length : (ends.get(userId) ?? 0)),
  }
}

/** Every chat of the log, by its id. */
export function expectedChats(events: readonly RecordedEvent[]): Map<string, ExpectedChat> {
  const streams = new Map<string, RecordedEvent[]>()
  for (const event of events) {
    if (!event.stream.startsWith('chat-')) continue
    const chatId = event.stream.slice('chat-'.length)
    streams.set(chatId, [...(streams.get(chatId) ?? []), event])
  }
  return new Map([...streams].map(([chatId, ofChat]) => [chatId, expectedChat(ofChat)]))
}
