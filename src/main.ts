import './app/compile-cache.js'
import { readFileSync } from 'node:fs'
import { createApp } from './app/start-app.js'
import { parseConfig } from './app/config.js'
import { explainFailure } from './app/explain-failure.js'
import { firstConversation } from './app/first-conversation.js'

const print = (line: string): boolean => process.stdout.write(`${line}\n`)

async function serve(): Promise<void> {
  const config = parseConfig(process.env, (path) => readFileSync(path, 'utf8'))
  const signal = new Promise<string>((resolve) => {
    process.once('SIGINT', () => resolve('Ctrl-C'))
    process.once('SIGTERM', () => resolve('SIGTERM'))
  })
  const app = await createApp(config, { print })
  const { log, databases } = app.core
  print(`Parley listens on ${app.url}`)
  if (app.metricsUrl !== null) print(`Metrics: ${app.metricsUrl}/metrics`)
  const readModels = `Postgres (${databases.where})`
  if (log.kind === 'postgres') print(`Event log and read models: ${readModels}`)
  else print(`Event log: EventStoreDB. Read models: ${readModels}`)
  print(`Node ${process.version}. Stop with Ctrl-C.`)
  print(`\nA first conversation, to copy into another shell in this folder:\n${firstConversation(app.url)}`)
  print(`${await signal}: finishing requests in flight …`)
  await app[Symbol.asyncDispose]()
  print('Stopped.')
}

serve().catch((error: unknown) => {
  const { text, exitCode } = explainFailure(error)
  process.stderr.write(`${text}\n`)
  process.exitCode = exitCode
})
