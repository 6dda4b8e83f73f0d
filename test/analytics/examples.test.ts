import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'

const FOLDER = 'examples/projections'

describe("the examples of analysts' projections", () => {
  it('pass their own tests', async () => {
    const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.test.mjs'))
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--test',
      ...files.map((file) => join(FOLDER, file)),
    ])
    expect(stdout).to.match(/^\S+ pass 5$/m)
  })
})
