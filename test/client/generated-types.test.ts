import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'

const run = promisify(execFile)

describe('the types of the REST API in the client package', () => {
  it('are those of the OpenAPI document: after a change, `npm run client:types` writes them again', async () => {
    const { stdout } = await run(process.execPath, ['scripts/client-types.js', '--print'], { maxBuffer: 10_000_000 })
    expect(await readFile('packages/client/src/rest/openapi.ts', 'utf8')).to.equal(stdout)
  })
})
