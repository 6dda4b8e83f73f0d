import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

describe('the table of folders in docs/architecture.md', () => {
  it('has each folder of src, below its head', () => {
    const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| (`[^|]+\/`) +\|/gm)
    const [, ...listed] = Array.from(rows, ([, names = '']) => names.match(/[\w-]+(?=\/`)/g) ?? []).flat()
    const folders = readdirSync('src', { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )
    expect(listed.toSorted()).to.deep.equal(folders.toSorted())
  })
})
