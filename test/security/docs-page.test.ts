import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { chromium } from 'playwright-core'
import { startTestApp } from '../support/test-app.js'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

describe('/docs in a browser', () => {
  it('shows every operation and finds them, under its policy and without an error', async function () {
    const executablePath = BROWSERS.find(existsSync)
    if (executablePath === undefined) {
      console.log('      not run: there is no Chromium here')
      this.skip()
    }
    await using parley = await startTestApp()
    const description = (await parley.call('GET', '/openapi.json')).body as { paths: Record<string, object> }
    const operations = Object.values(description.paths).flatMap((methods) => Object.keys(methods)).length
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('console', (line) => complaints.push(line.text()))
      page.on('pageerror', ({ message }) => complaints.push(message))
      await page.goto(`${parley.app.url}/docs`)
      await page.waitForSelector('article')
      expect(await page.locator('article').count()).to.equal(operations)
      expect(await page.locator('article:has-text("/chats/{id}/messages") pre').first().textContent()).to.include(
        'contentHtml: string | null',
      )
      await page.fill('#search', 'idempotency-key clientMessageId')
      const found = page.locator('article:visible h3')
      expect(await found.count()).to.be.within(1, operations - 1)
      expect(await found.allTextContents()).to.satisfy((titles: string[]) =>
        titles.some((title) => title.includes('post/chats/{id}/messages')),
      )
      expect(complaints).to.deep.equal([])
    } finally {
      await browser.close()
    }
  })
})
