import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { normaliseText } from '../../src/domain/text.js'
import { createReleases } from '../../src/release.js'
import { chromiumPath, countLeftOut, startBrowser } from '../support/browser.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type Person, type TestApp } from '../support/test-app.js'
import { xssPayloads } from './xss-payloads.js'

interface Shown {
  content: string
  contentHtml: string
}

/** What happened in the page that should not. */
interface Incidents {
  executed: string[]
  requests: string[]
}

describe('in a browser', function () {
  const releases = createReleases()
  let parley: TestApp
  let browser: Browser
  let alice: Person
  let chatId: string

  before(async function () {
    if (chromiumPath() === null) {
      countLeftOut(this.test?.parent?.tests.length ?? 0)
      this.skip()
    }
    parley = releases.add(await startTestApp())
    alice = await parley.register('Alice')
    const { body } = await parley.call('POST', '/chats', {
      token: alice.token,
      body: { name: 'Team', participantIds: [] },
    })
    chatId = (body as { id: string }).id
    browser = await startBrowser()
    releases.onRelease(() => browser.close())
  })

  after(() => releases[Symbol.asyncDispose]())

  const send = async (content: string): Promise<Shown> => {
    const path = `/chats/${chatId}/messages`
    const { status, body } = await parley.call('POST', path, { token: alice.token, body: { content } })
    expect(status, content).to.equal(201)
    return body
  }

  /** A page without any policy that would help, on which whatever runs is noticed. */
  async function openPage(): Promise<{ page: Page; incidents: Incidents }> {
    const context = await browser.newContext({ bypassCSP: true })
    const page = await context.newPage()
    const incidents: Incidents = { executed: [], requests: [] }
    await page.exposeFunction('__executed', (what: unknown) => incidents.executed.push(`called ${String(what)}`))
    page.on('dialog', (dialog) => {
      incidents.executed.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', (message) => incidents.executed.push(`console ${message.text()}`))
    page.on('pageerror', (error) => incidents.executed.push(`error ${error.message}`))
    page.on('popup', () => incidents.executed.push('a window'))
    await page.route('**', (route) => {
      const url = route.request().url()
      if (url === 'http://page.example/')
        return route.fulfill({ contentType: 'text/html', body: '<div id="messages"></div>' })
      incidents.requests.push(url)
      return route.abort()
    })
    await page.goto('http://page.example/')
    return { page, incidents }
  }

  /** Puts it where messages go, and does to each element of it what a person could do, but for following links. */
  const insert = (page: Page, html: string): Promise<string[]> => page.evaluate(insertAndTouch, html)

  it(`none of ${xssPayloads.length} ways to have script run does so, loads anything, or leaves a link but to http, https and mail`, async () => {
    const { page, incidents } = await openPage()
    for (const payload of xssPayloads) {
      const normalised = normaliseText(payload, 10_000)
      if (!normalised.ok) {
        // what cannot be sent cannot be shown
        expect(normalised.fault, payload).to.equal('not-text')
        continue
      }
      const { content, contentHtml } = await send(payload)
      expect(content).to.equal(normalised.text)
      const links = await insert(page, contentHtml)
      expect(
        links.filter((link) => !/^(https?:\/\/|mailto:)/.test(link)),
        payload,
      ).to.deep.equal([])
    }
    await page.evaluate(() => new Promise((done) => setTimeout(done, 0)))
    expect(incidents).to.deep.equal({ executed: [], requests: [] })
    await page.context().close()
  })

  it('the page does notice: what is not rendered runs in it', async () => {
    const { page, incidents } = await openPage()
    for (const payload of xssPayloads) await insert(page, payload).catch(() => [])
    await eventually(() => expect(incidents.executed).to.have.length.greaterThan(30))
    await page.context().close()
  })

  it('code is shown as it was written', async () => {
    const { page } = await openPage()
    for (const code of ['a < b && c > d', '<script>alert("1")</script>', "&lt; &amp; &#60; \\n 'x'"]) {
      const { content, contentHtml } = await send(`\`${code}\``)
      expect(content).to.equal(`\`${code}\``)
      await insert(page, contentHtml)
      expect(await page.evaluate(() => document.querySelector('#messages code')?.textContent)).to.equal(code)
      const plain = await send(code)
      expect(plain.content).to.equal(code)
    }
    await page.context().close()
  })

  it('names are no HTML of ours: shown as text, they are what was given', async () => {
    const { page, incidents } = await openPage()
    const names = xssPayloads.filter((payload) => normaliseText(payload, 255).ok && !payload.includes('\n'))
    for (const name of names.slice(0, 40)) {
      const { body } = await parley.call('PATCH', '/users/me', { token: alice.token, body: { name } })
      const shown = (body as { name: string }).name
      expect(shown).to.equal(name.normalize('NFC').trim())
      expect(await page.evaluate(showText, shown)).to.equal(shown)
      expect((await send('hello')).contentHtml).to.equal('<p>hello</p>')
    }
    expect(incidents).to.deep.equal({ executed: [], requests: [] })
    await page.context().close()
  })
})

/* What follows runs in the page. */

declare const document: {
  querySelector(selector: string): { textContent: string | null } | null
  getElementById(id: string): PageElement
}

interface PageElement {
  innerHTML: string
  textContent: string | null
  href?: string
  querySelectorAll(selector: string): Iterable<PageElement>
  addEventListener(type: string, listener: (event: { preventDefault(): void }) => void): void
  dispatchEvent(event: unknown): void
}

function insertAndTouch(html: string): string[] {
  const place = document.getElementById('messages')
  place.innerHTML = html
  place.addEventListener('click', (event) => event.preventDefault())
  const links: string[] = []
  for (const element of place.querySelectorAll('*')) {
    if (typeof element.href === 'string') links.push(element.href)
    for (const type of ['mouseover', 'pointerover', 'focus', 'blur', 'click', 'animationstart', 'toggle', 'submit'])
      element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }))
  }
  return links
}

function showText(text: string): string | null {
  const place = document.getElementById('messages')
  place.textContent = text
  return place.textContent
}
