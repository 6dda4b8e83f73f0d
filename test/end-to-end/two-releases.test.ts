import { randomUUID } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

const PATIENT = { timeoutMs: 60_000 }

/** This release, with the next version of the conversations, and with another type of event in place of `ChatMuted`. */
async function makeLaterRelease(): Promise<{ name: string } & AsyncDisposable> {
  const name = `later-${randomUUID()}`
  await cp('dist/src', join('dist', name), { recursive: true })
  for (const entry of await readdir(join('dist', name), { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.js')) continue
    const path = join(entry.parentPath, entry.name)
    const text = await readFile(path, 'utf8')
    const isConversations = entry.name === 'conversations.js'
    const later = isConversations
      ? text.replace(/version: (\d+)/, (_, version) => `version: ${Number(version) + 1}`)
      : text
    await writeFile(path, later.replaceAll('ChatMuted', 'ChatSilenced'))
  }
  return { name, [Symbol.asyncDispose]: () => rm(join('dist', name), { recursive: true }) }
}

describe('two releases on one installation', function () {
  this.timeout(240_000)
  let release: Awaited<ReturnType<typeof makeLaterRelease>>
  let earlier: TestApp
  let ada: TestUser
  let chatId: string
  let sent = 0

  before(async () => {
    release = await makeLaterRelease()
    earlier = await startTestApp()
    ada = await earlier.register('Ada')
    const request = { token: ada.token, body: { participantIds: [], name: 'Notes' } }
    chatId = ((await earlier.call('POST', '/chats', request)).body as { id: string }).id
    await send(earlier.app.url)
  })
  after(async () => {
    await earlier[Symbol.asyncDispose]()
    await release[Symbol.asyncDispose]()
  })

  const run = (script: 'main.js' | 'cli.js', ...args: string[]): Child =>
    startChild(`../${release.name}/${script}`, args, earlier.environment, { isKilled: true })

  async function startLater(): Promise<{ url: string } & AsyncDisposable> {
    const child = run('main.js')
    await child.says('listens on')
    const [, url = ''] = /listens on (http:\S+)/.exec(child.output) ?? []
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).to.equal(200), PATIENT)
    return { url, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
  }

  const ask = (url: string, method: string, path: string, body?: object): Promise<Response> =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })

  async function send(url: string): Promise<void> {
    const { status } = await ask(url, 'POST', `/chats/${chatId}/messages`, { content: `message ${++sent}` })
    expect(status).to.equal(201)
  }

  async function showsAll(url: string): Promise<void> {
    const all = Array.from({ length: sent }, (_, index) => `message ${index + 1}`)
    await eventually(async () => {
      const page = (await (await ask(url, 'GET', `/chats/${chatId}/messages`)).json()) as { content: string }[]
      expect(page.map(({ content }) => content)).to.deep.equal(all)
    }, PATIENT)
  }

  it('serves both beside each other, also after a roll-back, each from its own version of the tables', async () => {
    const prepared = run('cli.js', 'projections', 'prepare', '--json')
    expect(await prepared.exited, prepared.output).to.equal(0)
    await send(earlier.app.url)
    await showsAll(earlier.app.url)
    for (let round = 0; round < 2; round++) {
      await using later = await startLater()
      for (const url of [earlier.app.url, later.url]) {
        await send(url)
        await showsAll(earlier.app.url)
        await showsAll(later.url)
      }
    }
    await send(earlier.app.url)
    await showsAll(earlier.app.url)
  })

  it('an event that only the later release knows pauses the earlier one’s tables, and nothing of the later one', async () => {
    await using later = await startLater()
    expect((await ask(later.url, 'PUT', `/chats/${chatId}/mute`, { muted: true })).status).to.equal(204)
    await send(later.url)
    await showsAll(later.url)
    await eventually(async () => {
      const chat = (await (await ask(later.url, 'GET', `/chats/${chatId}`)).json()) as { muted: boolean }
      expect(chat.muted).to.equal(true)
    }, PATIENT)
    const { conversations, auditTrail } = earlier.app.core.runners
    await eventually(() => {
      const { status, failure } = conversations.status()
      expect({ status, code: failure?.code, type: failure?.eventType }).to.deep.equal({
        status: 'paused',
        code: 'newer-event',
        type: 'ChatSilenced',
      })
    }, PATIENT)
    // Of the trail both have the same version: the later release goes on with it.
    const head = await earlier.app.core.log.head()
    expect(await auditTrail.progress.reached(head, PATIENT)).to.equal(true)
    const { status } = await fetch(`${earlier.app.url}/readyz`)
    expect(status).to.equal(200)
  })
})
