import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createApp } from '../../src/app/start-app.js'
import { parseConfig } from '../../src/app/config.js'

/** The server, which collects garbage and prints how much memory is in use, each time that it gets SIGUSR2. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const app = await createApp(
  parseConfig(process.env, (path) => readFileSync(path, 'utf8')),
  { print: () => undefined },
)
process.on('SIGUSR2', () => {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  console.log(JSON.stringify({ heapUsed, external }))
})
console.log(`listens on ${app.url}`)
