import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'winston'
import { problemOf } from './api/problem-details.js'
import { createApi } from './api/server.js'
import { createMessageLimit } from './commands/message-limit.js'
import { createSendMessage, type SendMessage } from './commands/send-message.js'
import type { RunCommand } from './commands/run-command.js'
import type { Config } from './config.js'
import { openCore, type Core, type Overrides } from './core.js'
import { createAccounts } from './identity/accounts.js'
import { createPasswords } from './identity/passwords.js'
import { createTokens } from './identity/tokens.js'
import { createLogger } from './logger.js'
import { createMetrics, measureLag, type Metrics } from './metrics.js'
import { createPastFrames } from './realtime/past-frames.js'
import { createPersonCache } from './realtime/person-cache.js'
import { createPresentSent } from './realtime/present-sent.js'
import { createRealtime } from './realtime/gateway.js'
import { createReadiness } from './readiness.js'
import { createReleases } from './release.js'

/** A running Parley. Disposing of it finishes what is in flight and releases everything, in reverse order. */
export interface App extends AsyncDisposable {
  /** Where it listens. */
  url: string
  core: Core
}

export interface AppOptions {
  /** Hears what the operator should know while it starts. */
  say(line: string): void
  logger?: Logger
  overrides?: Overrides
}

const ISSUER = 'parley'

export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const releases = createReleases()
  try {
    return { ...(await assemble(config, options, releases)), [Symbol.asyncDispose]: () => releases[Symbol.asyncDispose]() }
  } catch (error) {
    await releases[Symbol.asyncDispose]()
    throw error
  }
}
