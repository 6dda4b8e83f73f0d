import type { Config } from '../config.js'
import { printStart } from '../print-start.js'
import { createApp } from '../start-app.js'

export interface ServeOptions {
  /** Shows the operator one line. */
  print(line: string): void
  /** Resolves when the server shall end, with what the operator did. */
  stopped: Promise<string>
}

/** The server as this process alone, until it is stopped. */
export async function serveAlone(config: Config, { print, stopped }: ServeOptions): Promise<void> {
  const app = await createApp({ ...config, processes: 1 }, { print })
  printStart(app, 1, print)
  print(`${await stopped}: finishing requests in flight …`)
  await app[Symbol.asyncDispose]()
  print('Stopped.')
}
