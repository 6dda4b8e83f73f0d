import { createSecretKey } from 'node:crypto'
import { expect } from 'chai'
import { canonicalJson } from '../../src/commands/canonical-json.js'
import { checkLines, type CheckSummary } from '../../src/import/check-lines.js'
import { createImportIds } from '../../src/import/import-ids.js'
import { parseLine } from '../../src/import/parse-line.js'
import type { SourceLine } from '../../src/import/split-lines.js'

const ids = createImportIds(createSecretKey(Buffer.alloc(32, 1)), 'archive')
const line = (user: string, type: string, rest: object = {}): string =>
  JSON.stringify({ chat: 'general', user, at: '2020-01-01T10:00:00Z', type, ...rest })
const message = (user: string, content: string): string => line(user, 'message', { content })
const fingerprint = (userId: string, text: string): Promise<string> => Promise.resolve(`${userId} ${text}`)

describe('checking a source before its import', () => {
  const refused: string[] = []
  const check = (lines: readonly SourceLine[], recorded = new Map<string, string>()): Promise<CheckSummary> => {
    refused.length = 0
    async function* each(): AsyncGenerator<SourceLine> {
      for (const text of lines) yield await Promise.resolve(text)
    }
    return checkLines(each(), {
      ids,
      fingerprint,
      recorded: (commandIds) => Promise.resolve(new Map([...recorded].filter(([id]) => commandIds.includes(id)))),
      onRefused: (number, { reason, character }) => refused.push(`${number}:${character} ${reason}`),
      onLine: () => undefined,
    })
  }

  /** As if the lines had been imported. */
  async function recordedOf(lines: readonly string[]): Promise<Map<string, string>> {
    const entries = lines.map(async (text, index) => {
      const parsed = parseLine(text)
      if ('reason' in parsed) return []
      const { line: read } = parsed
      const userId = ids.user(read.user === 'Alicia' ? 'Alice' : read.user)
      return [[ids.command(index + 1), await fingerprint(userId, canonicalJson(read))] as const]
    })
    return new Map((await Promise.all(entries)).flat())
  }

  const lines = [
    message('Alice', 'one'),
    '',
    line('Alice', 'nick', { newName: 'Alicia' }),
    message('Alicia', 'two\u0000'),
    'not json',
    message('Bob', ''),
  ]

  it('counts what can be imported, and names what would be refused with its place', async () => {
    expect(await check([...lines, { invalidAt: 3, byte: 0xe9 }])).to.deep.equal({
      lines: 7,
      importable: 3,
      recorded: 0,
      refused: 3,
      stripped: 1,
    })
    expect(refused).to.deep.equal(['5:2 not JSON', '6:87 content: empty', '7:3 not UTF-8 (byte 0xe9)'])
  })

  it('knows lines that are imported already, also under a new name', async () => {
    expect(await check(lines, await recordedOf(lines))).to.include({ recorded: 3, refused: 2 })
  })

  it('names every line that differs from what is imported, before anything is changed', async () => {
    const recorded = await recordedOf(lines)
    const changed = lines.with(0, message('Alice', 'ONE')).with(3, '{')
    const error = await check([...changed, message('Bob', 'new')], recorded).catch(String)
    expect(error).to.match(/2 lines differ .*: 1, 4\. Nothing was imported/)
    const shifted = await check(['', ...lines], recorded).catch(String)
    expect(shifted).to.match(/differ/)
  })

  it('names the first twenty where many differ', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => message('Alice', `message ${index}`))
    const error = await check(
      many.map((text) => text.replace('message', 'Message')),
      await recordedOf(many),
    ).catch(String)
    expect(error).to.include('1200 lines differ').and.include('19, 20 …')
  })
})
