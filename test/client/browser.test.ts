import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Parley } from '../../packages/client/src/index.js'
import { createReleases } from '../../src/app/release.js'
import { startBrowser } from '../support/browser.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { bundle } from './bundle.js'
import { createGroup, PASSWORD, registerClient, type Registered } from './clients.js'
import { servePage } from './page-server.js'

const moduleOf = (url: string): string => `
  import { createParley } from './packages/client/src/index.ts'
  import { browserTokens } from './packages/client/src/browser.ts'
  const client = createParley({ url: '${url}', tokens: browserTokens(), backoff: { firstMs: 50, maxMs: 200 } })
  const texts = []
  client.feed.onChatEvent(({ event, payload }) => event === 'new_message' && texts.push(payload.content))
  Object.assign(globalThis, { client, texts })
`

describe('the client package in a browser', () => {
  const releases = createReleases()
  let parley: TestApp
  let browser: Browser
  let origin: string
  let ada: Registered
  let bob: Registered
  let chatId: string
  let context: BrowserContext
  /** The key of each refresh that any tab made. */
  let refreshes: (string | undefined)[]

  before(async () => {
    browser = await startBrowser()
    releases.onRelease(() => browser.close())
    const page = releases.add(await servePage())
    origin = page.origin
    parley = releases.add(
      await startTestApp({ port: await freePort(), allowedOrigins: [origin], accessTokenSeconds: 4 }),
    )
    page.serve(await bundle(moduleOf(parley.app.url)))
  })
  after(() => releases[Symbol.asyncDispose]())

  beforeEach(async () => {
    ada = await registerClient(parley.app.url, 'ada', releases)
    bob = await registerClient(parley.app.url, 'bob', releases)
    chatId = await createGroup(ada, bob)
    await ada.client.connect()
    context = await browser.newContext()
    refreshes = []
    context.on('request', (request) => {
      const isRefresh = request.method() === 'POST' && request.url().endsWith('/auth/refresh')
      if (isRefresh) refreshes.push(request.headers()['idempotency-key'])
    })
  })
  afterEach(async () => {
    await context.close()
    ada.client.close()
    bob.client.close()
  })

  async function openTab(): Promise<Page> {
    const page = await context.newPage()
    await page.goto(origin)
    await page.waitForFunction(() => 'client' in globalThis)
    return page
  }

  /** A tab in which Bob has logged in and is connected. */
  async function firstTab(): Promise<Page> {
    const page = await openTab()
    await page.evaluate(
      async ({ email, password }) => {
        await client.session.login({ email, password })
        await client.connect()
      },
      { email: bob.email, password: PASSWORD },
    )
    return page
  }

  const textsIn = (page: Page) => page.evaluate(() => texts)
  const stateIn = (page: Page) => page.evaluate(() => client.connection.state)
  const userIn = (page: Page) => page.evaluate(() => client.session.userId())
  const sendAsAda = (content: string): Promise<unknown> => ada.client.send(chatId, { content }).sent

  it('refreshes each token once, however many tabs need it at the same time, and keeps their sockets', async () => {
    const tabs = [await firstTab(), await openTab()]
    await tabs[1]?.evaluate(() => client.connect())
    await Promise.all(tabs.map((tab) => tab.evaluate(() => client.connection.onState((state) => texts.push(state)))))
    // Each tab refreshes ahead of time for its socket, and with any request that comes too late for that.
    await eventually(async () => {
      const answers = await Promise.all(
        tabs.map((tab) =>
          tab.evaluate(() => Promise.all(Array.from({ length: 10 }, () => client.api.get('/users/me')))),
        ),
      )
      expect(answers.flat().map(({ status }) => status)).to.deep.equal(Array.from({ length: 20 }, () => 200))
      expect(refreshes.length).to.be.greaterThan(2)
    })
    expect(new Set(refreshes).size).to.equal(refreshes.length)
    await sendAsAda('to both')
    for (const tab of tabs) await eventually(async () => expect(await textsIn(tab)).to.deep.equal(['to both']))
  })

  it('has one session in all tabs: it survives a reload, and a logout ends it everywhere', async () => {
    const [first, second] = [await firstTab(), await openTab()]
    await second.reload()
    await second.waitForFunction(() => 'client' in globalThis)
    expect(await userIn(second)).to.equal(bob.id)
    await second.evaluate(() => client.connect())
    await first.evaluate(() => client.session.logout())
    await eventually(async () => expect(await stateIn(second)).to.equal('offline'))
    expect(await userIn(second)).to.equal(null)
  })

  it('gets what it missed while offline, and sends what was written meanwhile', async () => {
    const tab = await firstTab()
    await sendAsAda('before')
    await eventually(async () => expect(await textsIn(tab)).to.deep.equal(['before']))
    await context.setOffline(true)
    await eventually(async () => expect(await stateIn(tab)).to.equal('connecting'))
    await sendAsAda('meanwhile')
    await tab.evaluate((id) => void client.send(id, { content: 'written offline' }), chatId)
    expect(await tab.evaluate((id) => client.outbox.pending(id).length, chatId)).to.equal(1)
    await context.setOffline(false)
    await eventually(async () => expect(await textsIn(tab)).to.deep.equal(['before', 'meanwhile', 'written offline']))
    expect(await tab.evaluate((id) => client.outbox.pending(id).length, chatId)).to.equal(0)
  })

  it('goes on after a restart of the server', async () => {
    const tab = await firstTab()
    await sendAsAda('before')
    await parley.restart(() => Promise.resolve())
    await sendAsAda('after')
    await eventually(async () => expect(await textsIn(tab)).to.deep.equal(['before', 'after']))
  })

  it('goes on after its token ended while it was offline', async () => {
    const tab = await firstTab()
    await context.setOffline(true)
    await eventually(async () => expect(await tab.evaluate(hasExpired)).to.equal(true))
    await sendAsAda('meanwhile')
    await context.setOffline(false)
    await eventually(async () => expect(await textsIn(tab)).to.deep.equal(['meanwhile']))
    expect(new Set(refreshes).size).to.be.greaterThan(0)
  })
})

/* What follows runs in the page. */

declare const client: Parley
declare const texts: (string | null)[]

const hasExpired = async (): Promise<boolean> => ((await client.session.expiresAt()) ?? Infinity) < Date.now()
