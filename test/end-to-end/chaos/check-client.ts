import type { RecordedEvent } from '../../../src/eventstore/event-log.js'
import type { ChaosClient } from './chaos-client.js'
import type { Expected, ExpectedChat } from './expected-events.js'
import { firstVersion, type Frame, type ReceivedChat } from './received-chat.js'

/** Everything by which what a client received differs from what it must have, and may have, by the log. */
export function checkClient(
  { name, user, chats, problems }: ChaosClient,
  log: ReadonlyMap<string, ExpectedChat>,
): string[] {
  const differences = [...problems]
  for (const [chatId, chat] of log) {
    const received = chats.get(chatId)
    const differs = (what: string) => differences.push(`${name} in chat ${chatId}: ${what}`)
    if (received === undefined) {
      if (chat.participants.has(user.id)) differs('knows nothing of it')
      continue
    }
    const last = chat.lastVersionFor(user.id)
    if (received.cursor > last) differs(`has version ${received.cursor}, but may have ${last} at most`)
    if (chat.participants.has(user.id) && received.cursor < last) differs(`has version ${received.cursor} of ${last}`)
    compare(received, chat.expectedBy(user.id), differs)
  }
  for (const chatId of chats.keys()) if (!log.has(chatId)) differences.push(`${name}: chat ${chatId} is not in the log`)
  return differences
}

function compare(received: ReceivedChat, expected: readonly Expected[], differs: (what: string) => void): void {
  const covered = received.frames.flatMap(coveredBy)
  for (const [index, frame] of covered.entries()) {
    const wanted = expected[index]
    if (wanted === undefined || frame.version !== wanted.version || frame.event !== wanted.event)
      differs(`got ${text(frame)} in place of ${text(wanted)}`)
    else if (frame.about !== wanted.about) differs(`${text(frame)} is about ${frame.about}, not ${wanted.about}`)
  }
}

const text = (of: Expected | undefined): string =>
  of === undefined ? 'nothing' : `${of.event} of version ${of.version}`

/** One for each version that the frame covers. */
function coveredBy(frame: Frame): Expected[] {
  const { event, payload } = frame
  const from = firstVersion(frame)
  const { id, messageId, message, participant, version } = payload
  const about = event === 'new_message' ? id : (messageId ?? message?.id ?? participant?.id)
  return Array.from({ length: version - from + 1 }, (_, index) => ({
    version: from + index,
    event,
    about: about ?? null,
  }))
}

/** Clients that do not have the last version of a chat in which they take part. */
export function unfinished(clients: readonly ChaosClient[], log: ReadonlyMap<string, ExpectedChat>): string[] {
  return clients.flatMap(({ name, user, chats }) =>
    [...log]
      .filter(([, { participants }]) => participants.has(user.id))
      .filter(([chatId, { version }]) => (chats.get(chatId)?.cursor ?? 0) < version)
      .map(([chatId, { version }]) => `${name} is at ${chats.get(chatId)?.cursor} of ${version} in chat ${chatId}`),
  )
}

/** Messages that were sent twice, and those that were acknowledged and are not in the log. `acknowledged`: ids by `clientMessageId`. */
export function checkSends(
  clients: readonly ChaosClient[],
  acknowledged: ReadonlyMap<string, string>,
  events: readonly RecordedEvent[],
): string[] {
  const sent = events.filter(({ type }) => type === 'MessageSent')
  const ids = new Set(sent.map(({ data }) => (JSON.parse(data) as { messageId: string }).messageId))
  const differences = new Set<string>()
  for (const [key, id] of acknowledged)
    if (!ids.has(id)) differences.add(`message ${key} was acknowledged as ${id}, which is not in the log`)
  const idOf = new Map(acknowledged)
  for (const { event, payload } of clients.flatMap(framesOf)) {
    const { clientMessageId: key, id = '', content } = payload
    if (event !== 'new_message' || key == null) continue
    const known = idOf.get(key) ?? id
    idOf.set(key, known)
    if (known !== id) differences.add(`message ${key} was sent twice, as ${known} and as ${id}`)
    if (content != null && !content.includes(key))
      differences.add(`message ${key} came with another content: ${content}`)
  }
  return [...differences]
}

const framesOf = ({ chats }: ChaosClient): Frame[] => [...chats.values()].flatMap((chat) => chat.frames)
