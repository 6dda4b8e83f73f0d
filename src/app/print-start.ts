import { firstConversation } from './first-conversation.js'
import type { App } from './start-app.js'

/** What a server prints once it serves. `processes` is how many it runs as. */
export function printStart(
  { url, metricsUrl, core: { log, databases } }: App,
  processes: number,
  print: (line: string) => void,
): void {
  print(`Parley listens on ${url}`)
  if (metricsUrl !== null) print(`Metrics: ${metricsUrl}/metrics`)
  const readModels = `Postgres (${databases.where})`
  if (log.kind === 'postgres') print(`Event log and read models: ${readModels}`)
  else print(`Event log: EventStoreDB. Read models: ${readModels}`)
  print(`Node ${process.version}${processes === 1 ? '' : `, ${processes} processes`}. Stop with Ctrl-C.`)
  print(`\nA first conversation, to copy into another shell in this folder:\n${firstConversation(url)}`)
}
