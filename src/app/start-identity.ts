import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from 'winston'
import type { RunCommand } from '../commands/run-command.js'
import { registerUser } from '../identity/accounts/register-user.js'
import { startIdentity as start, type Identity } from '../identity/identity.js'
import { createLinkRateLimit } from '../identity/mail/link-rate-limit.js'
import { createFileMailer, createSmtpMailer, type Mailer } from '../identity/mail/mailer.js'
import { senderAddress } from '../identity/mail/sender-address.js'
import type { Tokens } from '../identity/sessions/tokens.js'
import type { RedisConnection } from '../limits/redis.js'
import { deriveKey } from '../privacy/derive-key.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Overrides } from './overrides.js'
import type { Releases } from './release.js'
import { NO_CLIENT, type Security } from './start-security.js'

export interface IdentityParts {
  run: RunCommand
  tokens: Tokens
  redis: RedisConnection | null
  security: Security
  publicUrl: () => string
  logger: Logger
  print(line: string): void
  overrides: Overrides
}

/** Accounts, sessions, passwords, bots and mails. */
export async function startIdentity(
  config: Config,
  { databases, accountStatuses, clock }: Pick<Core, 'databases' | 'accountStatuses' | 'clock'>,
  { run, tokens, redis, security, publicUrl, logger, print, overrides }: IdentityParts,
  releases: Releases,
): Promise<Identity> {
  const mayMailLink = createLinkRateLimit({
    isOn: config.rateLimits,
    redis,
    hash: security.hash,
    onRefused: (name) => security.onLimited(name, NO_CLIENT, null),
  })
  const identity = await start({
    pool: databases.main,
    run,
    tokens,
    registerUser: registerUser(run),
    accountStatusOf: accountStatuses.of,
    successorSecrets: databases.tokenKeys.map(({ key }) => deriveKey(key, 'parley/refresh-successor')),
    registration: config.registration,
    onReuse: (userId, { ip, userAgent }) => security.events.record({ type: 'refresh-reuse', ip, userAgent, userId }),
    mailer: overrides.mailer ?? createMailer(config, print),
    mayMailLink,
    publicUrl,
    log: logger,
    newId: randomUUID,
    clock,
  })
  return releases.add(identity)
}

function createMailer({ smtpUrl, publicUrl, dataDir }: Config, print: (line: string) => void): Mailer {
  if (smtpUrl !== null) return createSmtpMailer(smtpUrl, senderAddress(smtpUrl, publicUrl))
  print(`SMTP_URL is not set: mails are written to ${join(dataDir, 'mails.ndjson')}`)
  return createFileMailer(dataDir)
}
