import { expect } from 'chai'
import { createAppReplay } from '../../src/app/app-replay.js'
import type { Overrides } from '../../src/app/overrides.js'
import type { SafeFetch } from '../../src/outbound/safe-fetch.js'
import { createClub, type Club } from '../api/app/club.js'
import { caughtUp } from '../erasure/erasures-done.js'
import { eventually } from '../support/eventually.js'
import { logConfig, type LogKind } from '../support/event-logs.js'
import { next, startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

/** Unique texts of the old message, each in another field. */
export const marks = {
  before: 'oldbefore',
  content: 'oldcontent',
  metadata: 'oldmetadata',
  key: 'oldkey',
  type: 'oldtype',
  preview: 'oldpreview',
} as const

export const OLD = new Date('2026-01-20T10:00:00.000Z')
/** Sixty days later. */
export const NOW = new Date('2026-03-21T10:00:00.000Z')

/** A chat with one old message and a fresh one that answers it; beside it, one whose last message is old. */
export interface AgedChat extends AsyncDisposable {
  parley: TestApp
  admin: TestUser
  ada: TestUser
  bob: TestUser
  club: Club
  oldId: string
  freshId: string
  setTime(now: Date): void
  setRetention(days: number | null, who?: TestUser): Promise<number>
  /** What each way of reading the chat shows, by its name. */
  readings: Readonly<Record<string, () => Promise<string>>>
}

export async function createAgedChat(
  kind: LogKind,
  beforeExpiryStep?: Overrides['beforeExpiryStep'],
): Promise<AgedChat> {
  let now = OLD
  let delivered: string[] = []
  const safeFetch: SafeFetch = (url, { body } = {}) => {
    delivered.push(body ?? '')
    return Promise.resolve({ kind: 'ok', status: 204, headers: {}, body: Buffer.alloc(0), isCut: false, url })
  }
  const config = { ...logConfig(kind), accessTokenSeconds: 365 * 24 * 60 * 60, auditCheckpointSeconds: 1 }
  const parley = await startTestApp(config, {
    clock: () => now,
    safeFetch,
    ...(beforeExpiryStep && { beforeExpiryStep }),
  })
  const admin = await parley.withRoles('Root', 'admin')
  const ada = await parley.register('Ada')
  const bob = await parley.register('Bob')
  const club = await createClub(parley, bob, [ada])

  const old = { content: `${marks.before} <@${bob.id}>`, metadata: { note: marks.metadata } }
  const keys = { clientMessageId: marks.key, type: marks.type }
  const sent = await club.call(ada, 'POST', '/messages', { ...old, ...keys })
  const { id: oldId } = sent.body as { id: string }
  const edited = await club.call(ada, 'PATCH', `/messages/${oldId}`, { content: `${marks.content} <@${bob.id}>` })
  expect(edited.status).to.equal(200)
  const preview = { url: 'https://a.example', title: marks.preview, description: null, imageUrl: null }
  const { version: contentVersion } = edited.body as { version: number }
  const added = { chatId: club.id, messageId: oldId, contentVersion, previews: [preview] }
  await parley.app.core.runAsSystem('addLinkPreviews', added)
  await club.call(bob, 'PUT', `/pins/${oldId}`)
  const quiet = await createClub(parley, bob, [ada])
  await quiet.call(ada, 'POST', '/messages', { content: marks.content })
  const hook = { url: 'https://hook.example/', events: [] }
  const { id: webhookId } = (await club.call(bob, 'POST', '/webhooks', hook)).body as { id: string }

  now = NOW
  const answered = await club.call(bob, 'POST', '/messages', { content: 'fresh words', replyTo: oldId })
  const { id: freshId } = answered.body as { id: string }
  await caughtUp(parley)

  const read = async (path: string, who = bob): Promise<string> => {
    const { status, body } = await club.call(who, 'GET', path)
    expect(status, JSON.stringify(body)).to.equal(200)
    return JSON.stringify(body)
  }
  const readAt = async (path: string, who = bob): Promise<string> => {
    await caughtUp(parley)
    const { status, body } = await parley.call('GET', path, { token: who.token })
    expect(status, JSON.stringify(body)).to.equal(200)
    return JSON.stringify(body)
  }

  return {
    parley,
    admin,
    ada,
    bob,
    club,
    oldId,
    freshId,
    setTime: (time) => (now = time),
    async setRetention(days, who = admin) {
      await quiet.call(admin, 'PUT', '/retention', { days })
      const answer = await club.call(who, 'PUT', '/retention', { days })
      await caughtUp(parley)
      return answer.status
    },
    readings: {
      history: () => read('/messages'),
      'one message': () => read(`/messages/${oldId}`),
      'the history of edits': () => read(`/messages/${oldId}/history`),
      pins: () => read('/pins'),
      'a quote': () => read(`/messages/${freshId}`),
      events: () => read('/events?after=0'),
      search: () => readAt(`/search/messages?q=${marks.content}`),
      'the list of chats': () => readAt('/chats'),
      'the export of the author': async () => String((await exportOf(parley, ada)).body),
      'a replay of the past': () => readAt(`/audit/chats/${club.id}?at=${OLD.toISOString()}`, admin),
      'raw events in plain': () => readAt(`/audit/streams/chat-${club.id}?form=plain`, admin),
      'the raw log in plain': () => readAt('/audit/log?form=plain&limit=200', admin),
      'a comparison of two times': async () => {
        const { core } = parley.app
        const differences: object[] = []
        const between = { before: { version: 1 }, after: { version: 4 } }
        await createAppReplay(core, core.content.renderContent, core.clock).diff(club.id, between, (difference) => {
          differences.push(difference)
        })
        return JSON.stringify(differences)
      },
      'what a socket missed': async () => {
        const frames: unknown[] = []
        const socket = parley.socket(bob.token, { [club.id]: 1 })
        socket.onAny((...frame: unknown[]) => void frames.push(frame))
        await next(socket, 'ready')
        socket.close()
        return JSON.stringify(frames)
      },
      'a webhook': async () => {
        delivered = []
        await club.call(bob, 'POST', `/webhooks/${webhookId}/replay`, { afterVersion: 0 })
        return eventually(() => {
          const all = delivered.join('\n')
          expect(all).to.include(`"id":"${freshId}"`)
          return all
        })
      },
    },
    [Symbol.asyncDispose]: () => parley[Symbol.asyncDispose](),
  }
}

async function exportOf(parley: TestApp, user: TestUser) {
  const { token } = await parley.login(user)
  return parley.call('GET', '/users/me/export', { token })
}

/** Those of the texts that are in it. */
export const marksIn = (text: string): string[] => Object.values(marks).filter((mark) => text.includes(mark))
