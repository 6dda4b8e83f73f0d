// A process that runs one test file after the other, each when it is asked to by a message with the file's path.
import { resolve } from 'node:path'
import Mocha from 'mocha'
import { formatRecord } from './record.js'

const support = (name) => import(new URL(`../../dist/test/support/${name}.js`, import.meta.url).href)
const { mochaHooks } = await support('global-setup')
const { useServices, leaveServices } = await support('services')
const { takeLimitations } = await support('limitations')
const { activeResources, findLeaks } = await support('leaks')

const TIMEOUT_MS = 240_000

const report = (record) => process.stdout.write(formatRecord(record))

process.on('unhandledRejection', (error) => {
  throw error
})

async function runFile(file) {
  const before = activeResources()
  const mocha = new Mocha({ timeout: TIMEOUT_MS, rootHooks: mochaHooks })
  mocha.addFile(resolve(file))
  await mocha.loadFilesAsync()
  const { passes, failures, pending } = await run(mocha)
  const leaks = await findLeaks(before)
  if (leaks.length > 0)
    console.log(['  1 failing', '', '  1) leaves something behind:', ...leaks.map((leak) => `     ${leak}`)].join('\n'))
  return { passed: passes, failed: failures + (leaks.length > 0 ? 1 : 0), pending }
}

const run = (mocha) =>
  new Promise((done) => {
    const runner = mocha.run(() => done(runner.stats))
    runner.on('test', (test) => report({ running: test.fullTitle() }))
    runner.on('hook', (hook) => report({ running: hook.fullTitle() }))
  })

async function failToLoad(error) {
  console.log(`  1 failing\n\n  1) could not be loaded:\n${error.stack ?? error}`)
  return { passed: 0, failed: 1, pending: 0 }
}

process.on('message', async (file) => {
  const result = await runFile(file).catch(failToLoad)
  report({ result: { ...result, limitations: takeLimitations() } })
})

// Ends by itself once the other side has closed the channel, so that coverage is written.
process.on('disconnect', async () => {
  await leaveServices()
  process.exit()
})

await useServices(JSON.parse(process.env.PARLEY_TEST_SERVICES))
report({ ready: true })
