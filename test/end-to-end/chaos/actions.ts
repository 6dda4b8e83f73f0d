import { setTimeout as pause } from 'node:timers/promises'
import type { Randoms } from '../../support/randoms.js'
import type { ChaosClient } from './chaos-client.js'
import { firstVersion } from './received-chat.js'
import type { ChaosChat } from './set-up.js'

/** What was sent: by `clientMessageId`, the id that an ack or an answer gave. */
export type Acknowledged = Map<string, string>

/** What a client does until `signal` aborts: it writes, changes messages, moves to another node, asks for what it missed. Resolves once all of it is answered. */
export async function act(client: ChaosClient, acknowledged: Acknowledged, signal: AbortSignal): Promise<void> {
  const { randoms, name } = client
  for (let count = 1; !signal.aborted && !client.isClosed; count++) {
    await pause(500 + randoms.below(3_000))
    const chatId = someChat(client)
    if (chatId === null) continue
    const kind = randoms.below(20)
    if (kind < 12) await send(client, chatId, `${name}.${count}`, acknowledged)
    else if (kind < 16) await changeMessage(client, chatId)
    else if (kind === 16) client.leave()
    else if (kind === 17) client.drop()
    else await client.sync(chatId)
  }
}

function someChat({ chats, randoms }: ChaosClient): string | null {
  const ids = [...chats.values()].filter(({ isIn }) => isIn).map(({ chatId }) => chatId)
  return ids[randoms.below(ids.length)] ?? null
}

/** Repeats with the same key until it is accepted or refused, by socket or over REST. */
async function send(
  client: ChaosClient,
  chatId: string,
  clientMessageId: string,
  acknowledged: Acknowledged,
): Promise<void> {
  const content = `message ${clientMessageId}`
  while (!client.isClosed) {
    const outcome =
      client.randoms.below(3) === 0
        ? await sendOverRest(client, chatId, { content, clientMessageId })
        : await sendBySocket(client, { chatId, content, clientMessageId })
    if (outcome.kind === 'sent') acknowledged.set(clientMessageId, outcome.id)
    if (outcome.kind !== 'unknown') return
    await pause(100 + client.randoms.below(500))
  }
}

type Outcome = { kind: 'sent'; id: string } | { kind: 'refused' } | { kind: 'unknown' }

async function sendBySocket(client: ChaosClient, payload: object): Promise<Outcome> {
  const answer = await client.emit('send_message', payload)
  if (answer === null) return { kind: 'unknown' }
  return outcomeOf(answer.error?.status ?? 201, answer.message)
}

async function sendOverRest(client: ChaosClient, chatId: string, payload: object): Promise<Outcome> {
  const { status, body } = await client.call('POST', `/chats/${chatId}/messages`, payload)
  return outcomeOf(status, body as { id: string })
}

function outcomeOf(status: number, message: { id: string } | undefined): Outcome {
  if (status === 0 || status >= 500) return { kind: 'unknown' }
  return status === 201 && message !== undefined ? { kind: 'sent', id: message.id } : { kind: 'refused' }
}

/** Edits, deletes, pins or reacts to one of the last messages; whatever comes of it. */
async function changeMessage(client: ChaosClient, chatId: string): Promise<void> {
  const { randoms } = client
  const frames = client.chats.get(chatId)?.frames.slice(-30) ?? []
  const messages = frames.filter(({ event }) => event === 'new_message')
  const message = messages[randoms.below(messages.length)]
  if (message === undefined) return
  const { id: messageId = '', clientMessageId } = message.payload
  const kind = randoms.below(5)
  if (kind === 0) {
    const content = `message ${clientMessageId}, edited after ${firstVersion(message)}`
    await client.emit('edit_message', { chatId, messageId, content })
  } else if (kind === 1) await client.emit('delete_message', { chatId, messageId })
  else if (kind === 2) await client.call('PUT', `/chats/${chatId}/pins/${messageId}`)
  else await client.emit('react', { chatId, messageId, emoji: '👍', on: randoms.below(3) > 0 })
}

/** Changes who takes part in the chats, and what they show of their history, until `signal` aborts. */
export async function changeMemberships(
  chats: readonly ChaosChat[],
  clients: readonly ChaosClient[],
  randoms: Randoms,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(50 + randoms.below(300))
    const { id, owner } = chats[randoms.below(chats.length)]!
    const client = clients[randoms.below(clients.length)]!
    const userId = client.user.id
    if (userId === owner.user.id) continue
    switch (randoms.below(8)) {
      case 0:
        await client.call('POST', `/chats/${id}/join`)
        break
      case 1:
        await client.call('POST', `/chats/${id}/leave`)
        break
      case 2:
        await owner.call('DELETE', `/chats/${id}/participants/${userId}`)
        break
      case 3:
        await owner.call('PUT', `/chats/${id}/bans/${userId}`, {})
        break
      case 4:
        await owner.call('DELETE', `/chats/${id}/bans/${userId}`)
        break
      case 5:
        await owner.call('PATCH', `/chats/${id}`, {
          historyVisibility: randoms.below(2) === 0 ? 'full' : 'since-joined',
        })
        break
      default:
        await owner.call('DELETE', `/chats/${id}/bans/${userId}`)
        await owner.call('POST', `/chats/${id}/participants`, { userId })
    }
  }
}
