import { existsSync } from 'node:fs'
import { expect } from 'chai'

interface TestFiles {
  SLOW: string[]
  onEveryNode: string[]
  testFiles: (...roots: string[]) => string[]
}

describe('the list of test files', () => {
  let list: TestFiles
  before(async () => {
    list = (await import(new URL('../../../scripts/suite/test-files.js', import.meta.url).href)) as TestFiles
  })

  it('names only what there is', () => {
    expect([...list.SLOW, ...list.onEveryNode].filter((path) => !existsSync(path))).to.deep.equal([])
  })

  it('holds every file of a folder once, as it was built, the slow ones first', () => {
    const files = list.testFiles('test')
    expect(new Set(files).size).to.equal(files.length)
    expect(files.slice(0, list.SLOW.length)).to.deep.equal(
      list.SLOW.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`),
    )
    expect(files).to.include('dist/test/scripts/test-files.test.js')
  })

  it('takes single files too', () => {
    expect(list.testFiles('test/domain/text.test.ts')).to.deep.equal(['dist/test/domain/text.test.js'])
  })
})
