import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

interface TestFiles {
  DURATIONS: URL
  onEveryNode: string[]
  testFiles: (...roots: string[]) => string[]
}

describe('the list of test files', () => {
  let list: TestFiles
  before(async () => {
    list = (await import(new URL('../../../scripts/suite/test-files.js', import.meta.url).href)) as TestFiles
  })

  const durations = (): Record<string, number> =>
    JSON.parse(readFileSync(list.DURATIONS, 'utf8')) as Record<string, number>

  it('names only files that exist', () => {
    expect([...Object.keys(durations()), ...list.onEveryNode].filter((path) => !existsSync(path))).to.deep.equal([])
  })

  it('holds every file of a folder once, as it was built, those that took longest first', () => {
    const files = list.testFiles('test')
    expect(new Set(files).size).to.equal(files.length)
    const taken = files.map((file) => durations()[file.replace(/^dist\//, '').replace(/\.js$/, '.ts')] ?? 0)
    expect(taken).to.deep.equal([...taken].sort((one, other) => other - one))
    expect(files).to.include('dist/test/scripts/test-files.test.js')
  })

  it('takes single files too', () => {
    expect(list.testFiles('test/domain/text.test.ts')).to.deep.equal(['dist/test/domain/text.test.js'])
  })
})
