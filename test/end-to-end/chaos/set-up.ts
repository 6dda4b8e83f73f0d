import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import pLimit from 'p-limit'
import { eventually } from '../../support/eventually.js'
import { PATIENT, type ChaosInstallation } from './installation.js'
import { call, type ChaosClient, type ChaosUser } from './chaos-client.js'

/** A chat, and the user who owns it and never leaves. */
export interface ChaosChat {
  id: string
  owner: ChaosClient
}

export async function registerUsers({ nodes }: ChaosInstallation, count: number): Promise<ChaosUser[]> {
  const register = async (index: number): Promise<ChaosUser> => {
    // An address of its own for each try: after a 503 the account may exist.
    const body = { email: `user-${randomUUID()}@example.com`, password: 'correct horse', name: `User ${index}` }
    const url = nodes[index % nodes.length]?.url ?? ''
    const answer = await call(url, '', { method: 'POST', path: '/auth/register', body, ...PATIENT })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    const { user, accessToken } = answer.body as { user: { id: string }; accessToken: string }
    return { id: user.id, token: accessToken }
  }
  const aFewAtOnce = pLimit(4)
  return Promise.all(
    Array.from({ length: count }, (_, index) => aFewAtOnce(() => eventually(() => register(index), PATIENT))),
  )
}

/** Every other one shows its whole history. Anyone may join. */
export function createChats(clients: readonly ChaosClient[], count: number): Promise<ChaosChat[]> {
  const create = async (index: number): Promise<ChaosChat> => {
    const owner = clients[index]!
    const others = new Set(clients.filter((_, at) => at % count === index).map(({ user }) => user.id))
    others.delete(owner.user.id)
    const settings = {
      name: `Chat ${index}`,
      participantIds: [...others],
      historyVisibility: index % 2 === 0 ? 'full' : 'since-joined',
      joinPolicy: 'open',
    }
    const chat = await eventually(async () => {
      const { status, body } = await owner.call('POST', '/chats', settings, `chat-${index}`)
      expect(status, JSON.stringify(body)).to.equal(201)
      return body as { id: string }
    }, PATIENT)
    return { id: chat.id, owner }
  }
  return Promise.all(Array.from({ length: count }, (_, index) => create(index)))
}
