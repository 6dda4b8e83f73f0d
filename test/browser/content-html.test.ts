import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { normaliseName, normaliseText } from '../../src/domain/text.js'
import type { Highlight } from '../../src/projections/conversations/views.js'
import { createReleases } from '../../src/app/release.js'
import { chromiumPath, startBrowser } from '../support/browser.js'
import { countLimited } from '../support/limitations.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestUser, type TestApp } from '../support/test-app.js'
import { xssPayloads } from './xss-payloads.js'

interface Shown {
  content: string
  contentHtml: string
}

interface Found {
  message: Shown
  highlight: Highlight
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
  let alice: TestUser
  let chatId: string

  before(async function () {
    if (chromiumPath() === null) {
      countLimited('browser', this.test?.parent?.tests.length)
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
    return body as Shown
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

  /** Puts it where messages go, and does to each element of it what a user could do, but for following links. */
  const insert = (page: Page, html: string): Promise<string[]> => page.evaluate(insertAndTouch, html)

  it(`none of ${xssPayloads.length} XSS payloads runs a script, loads anything, or leaves a link other than http, https and mailto`, async () => {
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

  it('the test page detects a script: an unrendered payload runs', async () => {
    const { page, incidents } = await openPage()
    for (const payload of xssPayloads) await insert(page, payload).catch(() => [])
    await eventually(() => expect(incidents.executed).to.have.length.greaterThan(30))
    await page.context().close()
  })

  it('code is displayed as it was written', async () => {
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

  it('names are not rendered: as text, they are displayed unchanged', async () => {
    const { page, incidents } = await openPage()
    const names = xssPayloads.filter((payload) => normaliseName(payload, 255).ok && !payload.includes('\n'))
    for (const name of names) {
      const { body } = await parley.call('PATCH', '/users/me', { token: alice.token, body: { name } })
      const shown = (body as { name: string }).name
      expect(shown).to.equal(name.normalize('NFC').trim())
      expect(await page.evaluate(showText, shown)).to.equal(shown)
      expect((await send('hello')).contentHtml).to.equal('<p>hello</p>')
    }
    expect(incidents).to.deep.equal({ executed: [], requests: [] })
    await page.context().close()
  })

  it('search highlights are text and ranges, and their text is that of the message', async () => {
    const { page, incidents } = await openPage()
    const sent: string[] = []
    for (const payload of xssPayloads) {
      const normalised = normaliseText(`sought ${payload} sought`, 10_000)
      if (normalised.ok) sent.push((await send(normalised.text)).content)
    }
    const found: Found[] = []
    for (let path: string | null = '/search/messages?q=sought&limit=100'; path !== null;) {
      const { body, headers } = await parley.call('GET', path, { token: alice.token })
      found.push(...(body as Found[]))
      path = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null
    }
    expect(found.map(({ message }) => message.content)).to.deep.equal([...sent].reverse())
    for (const { message, highlight } of found) {
      expect(message.content).to.include(highlight.text.replace(/^…|…$/gu, ''))
      expect(highlight.ranges).not.to.be.empty
      const shown = await page.evaluate(showMarked, highlight)
      expect(shown).to.deep.equal({
        text: highlight.text,
        marked: highlight.ranges.map(([from, to]) => highlight.text.slice(from, to)),
      })
      for (const word of shown.marked) expect(word?.toLowerCase()).to.equal('sought')
    }
    expect(incidents).to.deep.equal({ executed: [], requests: [] })
    await page.context().close()
  })
})

/* What follows runs in the page. */

declare const document: {
  createElement(name: 'mark'): PageElement
  querySelector(selector: string): { textContent: string | null } | null
  getElementById(id: string): PageElement
}

interface PageElement {
  innerHTML: string
  textContent: string | null
  href?: string
  querySelectorAll(selector: string): Iterable<PageElement>
  append(...nodes: (PageElement | string)[]): void
  replaceChildren(): void
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

/** As a client shows it: what is in a range in a `mark`, all of it as text. */
function showMarked({ text, ranges }: Highlight): { text: string | null; marked: (string | null)[] } {
  const place = document.getElementById('messages')
  place.replaceChildren()
  let shown = 0
  for (const [from, to] of ranges) {
    const mark = document.createElement('mark')
    mark.append(text.slice(from, to))
    place.append(text.slice(shown, from), mark)
    shown = to
  }
  place.append(text.slice(shown))
  return {
    text: place.textContent,
    marked: [...place.querySelectorAll('mark')].map(({ textContent }) => textContent),
  }
}
