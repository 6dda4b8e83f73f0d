import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

/** A message, queries that find it, and queries that do not. */
const cases: [content: string, found: string[], missed?: string[]][] = [
  ['バスで行く', ['バス', '"バス"', 'ﾊﾞｽ'], ['パス', 'ハス', '"ハス"']],
  ['आज अच्छा दिन है', ['दिन', '"दिन"'], ['दान', 'दूना', '"दान"']],
  ['보고서를 내일까지 보내주세요', ['보고서 내일', '"보고서"', '고서', '내일까지'], ['보서고']],
  ['Die Straße ist gesperrt', ['strasse', 'STRASSE', 'STRAẞE', 'straße']],
  ['DIYARBAKIR ve Iğdır', ['diyarbakır', 'iğdir', 'ığdır']],
  ['Un œuf, s’il vous plaît', ['oeuf', 'œuf', 's’il']],
  ['Rødgrød med fløde', ['rodgrod', 'flode']],
  ['then git push --force it', ['--force', 'git push --force', 'force', '"push --force"'], ['push -force', '--hard']],
  ['it was -5 outside', ['-5', '5', 'was -5'], ['-6']],
  ['she said “see you later” twice', ['“see you”', '„see you“', '«later»', '"said see"'], ['“you see”']],
  ['shipped 🎉', ['🎉', 'shipped 🎉'], ['👍']],
  ['nice 👍🏽', ['👍', '👍🏿', '👍️']],
  ['I prefer c++ over java', ['c++', 'C++', 'c'], ['c#']],
  ['the .net runtime', ['.net', 'net', '.NET runtime'], ['#net']],
  ['fixed in #123 at last', ['#123', '123', 'fixed in #12'], ['.123']],
  ['see C:\\temp\\log.txt', ['C:\\temp', 'c:\\temp\\log.txt', 'log.txt']],
  ['write to ada.lovelace@example.org', ['ada.lovelace@example.org', 'lovelace@example', '@example.org']],
  ['https://example.org/a/b?c=d#e moved', ['https://example.org/a/b?c=d#e', 'example.org', 'example.org/a']],
  ['call foo_bar then foo-baz', ['foo_bar', 'foo-baz', 'foo bar', 'foo_b'], ['"bar foo_bar"']],
  ['the pass\u00adword\u200bs of كـتـاب', ['passwords', 'كتاب', 'pass\u200bwords']],
  ["it's done", ["it's", 'it’s', "it's done"]],
]

describe('search queries for messages', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let club: Club

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
  })
  after(() => parley[Symbol.asyncDispose]())

  async function isFound(q: string, position: string): Promise<boolean> {
    const { status, body } = await parley.call(
      'GET',
      `/search/messages?${new URLSearchParams({ q, chatId: club.id }).toString()}`,
      {
        token: ada.token,
        headers: { 'parley-position': position },
      },
    )
    expect(status, q).to.equal(200)
    return (body as unknown[]).length > 0
  }

  for (const [content, found, missed = []] of cases)
    it(content, async () => {
      club = await createClub(parley, ada, [])
      const { headers } = await club.call(ada, 'POST', '/messages', { content })
      const position = headers.get('parley-position') ?? ''
      for (const q of found) expect(await isFound(q, position), q).to.equal(true)
      for (const q of missed) expect(await isFound(q, position), q).to.equal(false)
    })

  it('a word after `-` is excluded', async () => {
    club = await createClub(parley, ada, [])
    const { headers } = await club.call(ada, 'POST', '/messages', { content: 'roses are red' })
    const position = headers.get('parley-position') ?? ''
    expect(await isFound('roses -red', position)).to.equal(false)
    expect(await isFound('roses -“are red”', position)).to.equal(false)
    expect(await isFound('roses -blue', position)).to.equal(true)
  })
})
