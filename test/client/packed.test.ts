import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { createReleases } from '../../src/app/release.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

const run = promisify(execFile)
const PACKAGE = 'packages/client'
const TSC = resolve('node_modules/typescript/bin/tsc')
const ESBUILD = resolve('node_modules/.bin/esbuild')

/** As the README has it, but for the address. */
async function firstConversation(url: string): Promise<string> {
  const readme = await readFile(`${PACKAGE}/README.md`, 'utf8')
  const code = /```js\n(.*?)```/s.exec(readme)?.[1] ?? ''
  expect(code).to.include('http://127.0.0.1:3000')
  return code.replace('http://127.0.0.1:3000', url)
}

describe('the client package, packed and installed in a folder of its own', function () {
  this.timeout(600_000)
  const releases = createReleases()
  let parley: TestApp
  let folder: string

  before(async () => {
    parley = releases.add(await startTestApp())
    folder = await mkdtemp(join(tmpdir(), 'parley-client-'))
    releases.onRelease(() => rm(folder, { recursive: true }))
    await rm(`${PACKAGE}/dist`, { recursive: true, force: true })
    await run(process.execPath, [TSC, '-p', `${PACKAGE}/tsconfig.json`])
    const packing = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
    const { stdout } = await run('npm', packing, { cwd: PACKAGE })
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    const installing = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', stdout.trim()]
    await run('npm', installing, { cwd: folder })
  })
  after(() => releases[Symbol.asyncDispose]())

  const inFolder = (command: string, ...args: string[]) => run(command, args, { cwd: folder, maxBuffer: 10_000_000 })

  it('has the first conversation that its README prints', async () => {
    await writeFile(join(folder, 'conversation.mjs'), await firstConversation(parley.app.url))
    const { stdout, stderr } = await inFolder(process.execPath, 'conversation.mjs')
    expect({ stdout, stderr }).to.deep.equal({ stdout: 'Alice: Hello Bob!\n', stderr: '' })
  })

  it('has types that hold by themselves, with those of a browser', async () => {
    const program = `
      import { createParley, type Message } from 'parley-client'
      import { browserTokens } from 'parley-client/browser'
      const parley = createParley({ url: '', tokens: browserTokens() })
      const { body } = await parley.api.get('/chats/{id}/messages', { path: { id: '' }, query: { before: 7 } })
      export const messages: readonly Message[] = body
      // @ts-expect-error there is no such path
      await parley.api.get('/nothing')
      // @ts-expect-error the content is missing
      await parley.api.post('/chats/{id}/messages', { path: { id: '' }, body: {} })`
    await writeFile(join(folder, 'typed.ts'), program)
    const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', lib: ['es2023', 'dom'], types: [] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts'] }))
    const { stdout } = await inFolder(process.execPath, TSC, '-p', '.').catch(
      (error: unknown) => error as { stdout: string },
    )
    expect(stdout).to.equal('')
  })

  it('is small, and leaves out of a bundle what is not imported', async () => {
    const bundled = async (code: string): Promise<string> => {
      await writeFile(join(folder, 'entry.js'), code)
      const { stdout } = await inFolder(ESBUILD, 'entry.js', '--bundle', '--minify', '--format=esm')
      return stdout
    }
    const whole = await bundled(`export { createParley } from 'parley-client'`)
    const rest = await bundled(`export { createSession, createApi } from 'parley-client'`)
    expect(whole.length).to.be.lessThan(70_000)
    expect(rest.length).to.be.lessThan(6_000)
    expect(await bundled(`import 'parley-client'`)).to.equal('')
  })
})
