import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { createReleases } from '../../src/app/release.js'
import { routeList } from '../../src/api/route-list.js'
import { serverEventNames } from '../../src/realtime/frames.js'
import { clientEventSchemas } from '../../src/realtime/protocol.js'
import { chromiumPath, startBrowser } from '../support/browser.js'
import { countLimited } from '../support/limitations.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

describe('/docs in a browser', function () {
  this.timeout(180_000)
  const releases = createReleases()
  let parley: TestApp
  let browser: Browser
  let page: Page
  const complaints: string[] = []
  const foreign: string[] = []

  before(async function () {
    if (chromiumPath() === null) {
      countLimited('browser', this.test?.parent?.tests.length)
      this.skip()
    }
    parley = releases.add(await startTestApp())
    browser = await startBrowser()
    releases.onRelease(() => browser.close())
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(parley.app.url) && !url.startsWith('data:')) foreign.push(url)
    })
    await page.goto(`${parley.app.url}/docs`)
    await page.waitForSelector('.opblock', { timeout: 150_000 })
  })

  after(() => releases[Symbol.asyncDispose]())

  it('shows every operation', async () => {
    expect(await page.locator('.opblock').count()).to.equal(routeList.length)
  })

  it('can log in with the example request, authorise with the token, and try out a call', async () => {
    const email = 'ada@example.com'
    const password = 'purple otter on a bicycle'
    await parley.call('POST', '/auth/register', { body: { email, password, name: 'Ada Lovelace' } })

    const login = await tryOut('post', '/auth/login')
    expect(login.status).to.equal('200')
    const { accessToken } = JSON.parse(login.body) as { accessToken: string }
    await page.click('button.authorize')
    await page.fill('.auth-container input', accessToken)
    await page.click('.auth-btn-wrapper button.authorize')
    await page.click('.auth-btn-wrapper button.btn-done')

    const me = await tryOut('get', '/users/me')
    expect(me.status).to.equal('200')
    expect(JSON.parse(me.body)).to.include({ name: 'Ada Lovelace' })
  })

  it('links to the page of the sockets, which shows every event of both directions', async () => {
    await page.click('nav a[href="/docs/realtime.html"]')
    await page.waitForSelector('main h2', { timeout: 150_000 })
    const parts = await page.locator('main > details[id]').all()
    const ids = await Promise.all(parts.map((part) => part.getAttribute('id')))
    expect(ids).to.have.members([
      'handshake',
      ...Object.keys(clientEventSchemas).map((name) => `client.${name}`),
      ...serverEventNames.map((name) => `server.${name}`),
    ])
    await page.click('[id="client.send_message"] > summary')
    expect(await page.locator('[id="client.send_message"] pre').first().innerText()).to.include('clientMessageId')
  })

  it('loads nothing from another origin, and nothing that its content security policy blocks', () => {
    expect(foreign).to.deep.equal([])
    expect(complaints).to.deep.equal([])
  })

  /** Sends the request as it is filled in, and gives the answer that the page shows. */
  async function tryOut(method: string, path: string): Promise<{ status: string; body: string }> {
    const operation = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) })
    await operation.locator('.opblock-summary-control').click()
    await operation.locator('.try-out__btn').click()
    const answered = page.waitForResponse((response) => new URL(response.url()).pathname === path)
    await operation.locator('button.execute').click()
    const body = await (await answered).text()
    const shown = operation.locator('.live-responses-table .response-col_status').last()
    const status = ((await shown.textContent()) ?? '').trim().slice(0, 3)
    return { status, body }
  }
})

const FILES = [
  '',
  '/docs.js',
  '/swagger-ui-bundle.js',
  '/swagger-ui.css',
  '/realtime.html',
  '/realtime.js',
  '/realtime.css',
]

describe('the files of /docs', function () {
  this.timeout(180_000)

  it('have a content security policy that allows no inline script and no other server', async () => {
    await using parley = await startTestApp()
    for (const file of FILES) {
      const path = `/docs${file}`
      const { status, headers } = await parley.call('GET', path)
      expect(status, path).to.equal(200)
      expect(headers.get('content-security-policy'), path).to.equal(
        `default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; ` +
          `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      )
    }
    expect((await parley.call('GET', '/docs/swagger-ui-standalone-preset.js')).status).to.equal(404)
    expect((await parley.call('GET', '/docs/..%2f..%2fpackage.json')).status).to.equal(404)
  })
})
