import { randomBytes } from 'node:crypto'
import { createParley, type Parley, type ParleyOptions } from '../../packages/client/src/index.js'
import type { Releases } from '../../src/app/release.js'
import type { TestApp, TestUser } from '../support/test-app.js'

export const PASSWORD = 'correct horse'

export interface Registered {
  client: Parley
  id: string
  email: string
}

/** Reconnects quickly. */
export const soon = { firstMs: 50, maxMs: 200 }

/** A client of a new user, closed with the test. */
export async function registerClient(
  url: string,
  name: string,
  releases: Pick<Releases, 'onRelease'>,
  options: Partial<ParleyOptions> = {},
): Promise<Registered> {
  const client = createParley({ url, backoff: soon, ...options })
  releases.onRelease(() => client.close())
  const email = `${name}-${randomBytes(6).toString('hex')}@example.com`
  const { id } = await client.session.register({ email, password: PASSWORD, name })
  return { client, id, email }
}

/** A group of these users, with the first as its owner. */
export async function createGroup(owner: Registered, ...others: Registered[]): Promise<string> {
  const body = { name: 'Garden', participantIds: others.map(({ id }) => id) }
  const { body: chat } = await owner.client.api.post('/chats', { body })
  return chat.id
}

/** Sends over REST as another device of the user would. */
export async function post(parley: TestApp, by: TestUser, chatId: string, content: string): Promise<void> {
  const { status } = await parley.call('POST', `/chats/${chatId}/messages`, { token: by.token, body: { content } })
  if (status !== 201) throw new Error(`a message was answered ${status}`)
}
