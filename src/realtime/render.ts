import type { RenderContent } from '../content/render-content.js'
import type { AnyEvent } from '../domain/any-event.js'
import type { ChatEvent, MessageSent } from '../domain/chat/events.js'
import type { Opened, PublicEvent } from '../domain/event.js'
import type { ChatsRead } from '../domain/inbox/events.js'
import { idOf } from '../domain/streams.js'
import type { OpenedEvent } from '../privacy/event-reader.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { PastDetails } from '../projections/conversations/query-results.js'
import type { UserRef } from '../projections/conversations/views.js'
import { membershipChanges, skippedAt, type Delivery } from './audience.js'
import {
  isChatEvent,
  isOfChat,
  visibilityVersion,
  messageOf,
  pastFrame,
  unknownUser,
  detailsNeeded,
  type DecodedInStream,
  type Frame,
  type ChatEventInStream,
  type ServerEventName,
} from './frames.js'
import type { UserCache } from './user-cache.js'

/** In larger chats, read markers of other participants are not sent. */
const MAX_FOR_READ_FRAMES = 100

/** Whether an event can be rendered only once the read model has it. Messages and read markers, which are most events, need not wait. */
export const needsReadModel = (decoded: DecodedInStream): boolean =>
  isOfChat(decoded) ? !isPlain(decoded.event) : changesUser(decoded.event)

/** A change that everyone learns who shares a chat with the user. */
export const changesUser = ({ type }: Pick<AnyEvent, 'type'>): boolean =>
  type === 'ProfileChanged' || type === 'UserErasureRequested' || type === 'UserErased'

/**
 * Not a reply, which shows an excerpt of the message that it answers, nor an imported message, which may be older than its chat keeps
 * messages.
 */
const isPlain = (event: PublicEvent<ChatEvent>): boolean =>
  event.type === 'MessageSent' && event.replyToId === undefined && event.originalAt === undefined

const isPlainMessage = (event: Opened<ChatEvent>): event is Opened<MessageSent> => isPlain(event)

export interface RenderDeps {
  people: UserCache
  renderContent?: RenderContent
  queries: Pick<
    ConversationQueries,
    'pastDetails' | 'chatIdsOf' | 'everyChatIdOf' | 'participantCount' | 'membersWithoutAccess'
  >
}

/**
 * Events as they go to sockets. Those that `needsReadModel` must have been examined by it.
 * @throws CommandFault, and whatever the queries throw: nothing is half rendered
 */
export type Render = (events: readonly OpenedEvent[], signal: AbortSignal) => Promise<Delivery[]>

/** What the events of one call are input. */
interface RenderInput {
  people: ReadonlyMap<string, UserRef>
  /** By stream. */
  details: ReadonlyMap<string, PastDetails | null>
  /** The chats of users whose profile changed. */
  chatIdsOf: ReadonlyMap<string, string[]>
  /** The chats in which users ever took part who were erased, or are to be. */
  everyChatIdOf: ReadonlyMap<string, string[]>
  participantCounts: ReadonlyMap<string, number>
  /** Who may not see the message that an event is input. */
  hiddenFrom: ReadonlyMap<object, string[]>
  renderContent: RenderContent | undefined
}

export function createRender({ people, queries, renderContent }: RenderDeps): Render {
  async function lookUp(
    events: readonly OpenedEvent[],
    signal: AbortSignal,
  ): Promise<Omit<RenderInput, 'renderContent'>> {
    const changed = events.flatMap(({ event }) => (event.type === 'ProfileChanged' ? [event.userId] : []))
    const erased = events.flatMap(({ event }) =>
      event.type === 'UserErasureRequested' || event.type === 'UserErased' ? [event.userId] : [],
    )
    const senders = events.flatMap(({ event }) => (event.type === 'MessageSent' ? [event.senderId] : []))
    const read = events.flatMap(({ event }) => (event.type === 'ChatsRead' ? event.chats : []))
    const ofChats = events.filter(isChatEvent).filter(needsReadModel)
    const [users, details, chatIdsOf, everyChatIdOf, participantCounts, hiddenFrom] = await Promise.all([
      people.get([...senders, ...changed, ...erased], { signal }),
      forEach(
        ofChats.map(({ stream }) => stream),
        (stream) =>
          queries.pastDetails(idOf(stream), detailsNeeded(ofChats.filter((event) => event.stream === stream))),
      ),
      forEach(changed, (userId) => queries.chatIdsOf(userId)),
      forEach(erased, (userId) => queries.everyChatIdOf(userId)),
      forEach(
        read.map(({ chatId }) => chatId),
        (chatId) => queries.participantCount(chatId),
      ),
      hiddenFromByEvent(ofChats.filter((placed) => visibilityVersion(placed) !== placed.version)),
    ])
    return { people: users, details, chatIdsOf, everyChatIdOf, participantCounts, hiddenFrom }
  }

  async function hiddenFromByEvent(events: readonly ChatEventInStream[]): Promise<Map<object, string[]>> {
    const look = async (placed: ChatEventInStream) =>
      [
        placed.event,
        await queries.membersWithoutAccess(idOf(placed.stream), visibilityVersion(placed), placed.version),
      ] as const
    return new Map<object, string[]>(await Promise.all(events.map(look)))
  }

  return async (events, signal) => {
    const input = { ...(await lookUp(events, signal)), renderContent }
    return events.flatMap((opened) => deliveriesOf(opened, input))
  }
}

function deliveriesOf(opened: OpenedEvent, input: RenderInput): Delivery[] {
  if (isChatEvent(opened)) return [chatDelivery(opened, input)]
  const { event, position } = opened
  switch (event.type) {
    case 'ProfileChanged': {
      const frame: Frame = { event: 'profile_changed', payload: userRefOf(event.userId, input) }
      const chatIds = input.chatIdsOf.get(event.userId) ?? []
      return [{ position, frame, chatIds, userId: event.userId, joining: [], leaving: [] }]
    }
    case 'UserErasureRequested': {
      // by past chats too: when this is rendered, the user may have left them
      const frame: Frame = { event: 'profile_changed', payload: userRefOf(event.userId, input) }
      const chatIds = input.everyChatIdOf.get(event.userId) ?? []
      return [{ position, frame, chatIds, userId: event.userId, joining: [], leaving: [] }]
    }
    case 'UserErased': {
      const frame: Frame = { event: 'user_erased', payload: { userId: event.userId } }
      const chatIds = input.everyChatIdOf.get(event.userId) ?? []
      return [{ position, frame, chatIds, userId: event.userId, joining: [], leaving: [] }]
    }
    case 'ChatsRead':
      return readDeliveries(event, position, input)
    case 'ChatMuted':
      return [toOwnDevices('chat_muted', event, { muted: event.muted }, position)]
    case 'ChatHidden':
      return [toOwnDevices('chat_hidden', event, { hidden: event.seq !== null }, position)]
    default:
      return []
  }
}

function chatDelivery({ position, ...placed }: OpenedEvent & ChatEventInStream, input: RenderInput): Delivery {
  const chatId = idOf(placed.stream)
  const frame = chatFrame(placed, input) ?? skippedAt(chatId, placed.version)
  const hiddenFrom = input.hiddenFrom.get(placed.event) ?? []
  return { position, frame, chatIds: [chatId], userId: null, ...membershipChanges(placed.event), hiddenFrom }
}

function chatFrame(placed: ChatEventInStream, input: RenderInput): Frame | null {
  const { event, stream } = placed
  if (isPlainMessage(event))
    return {
      event: 'new_message',
      payload: messageOf({ ...placed, event }, userRefOf(event.senderId, input), input.renderContent),
    }
  const details = input.details.get(stream)
  if (!details) throw new Error(`the read model lacks ${stream}`)
  return pastFrame(placed, details)
}

const readDeliveries = ({ userId, chats }: Opened<ChatsRead>, position: string, input: RenderInput): Delivery[] =>
  chats.map(({ chatId, seq, unread = false }) => {
    const isForAll = !unread && (input.participantCounts.get(chatId) ?? 0) <= MAX_FOR_READ_FRAMES
    const own = toOwnDevices('read', { chatId, userId }, { userId, seq }, position)
    return { ...own, chatIds: isForAll ? [chatId] : [] }
  })

const toOwnDevices = (
  event: ServerEventName,
  { userId, chatId }: { userId: string; chatId: string },
  payload: object,
  position: string,
): Delivery => ({
  position,
  frame: { event, payload: { chatId, ...payload } },
  chatIds: [],
  userId,
  aboutChatId: chatId,
  joining: [],
  leaving: [],
})

const userRefOf = (userId: string, { people }: RenderInput): UserRef => people.get(userId) ?? unknownUser(userId)

async function forEach<Value>(keys: Iterable<string>, look: (key: string) => Promise<Value>) {
  return new Map(await Promise.all([...new Set(keys)].map(async (key) => [key, await look(key)] as const)))
}
