import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Pool } from 'pg'
import type { Logger } from 'winston'
import type { FailureReport } from '../async/outage.js'
import { chatOf } from '../commands/catalogue/facts.js'
import type { RunCommand } from '../commands/run-command.js'
import { registerUser } from '../identity/accounts/register-user.js'
import { findSharedMailboxes } from '../identity/accounts/stored-spelling.js'
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
  report: FailureReport
  print(line: string): void
  overrides: Overrides
}

/** Accounts, sessions, passwords, bots and mails. */
export async function startIdentity(
  config: Config,
  {
    databases,
    accountStatuses,
    queries,
    handler,
    clock,
  }: Pick<Core, 'databases' | 'accountStatuses' | 'queries' | 'handler' | 'clock'>,
  { run, tokens, redis, security, publicUrl, logger, report, print, overrides }: IdentityParts,
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
    nameOf: async (userId) => (await queries.ownProfile(userId))?.name ?? null,
    publicUrl,
    log: logger,
    report,
    newId: randomUUID,
    takesPart: async (chatId, userId) => (await chatOf(chatId, userId, handler.stateOf)) !== null,
    clock,
  })
  await reportSharedMailboxes(databases.main, print)
  return releases.add(identity)
}

/** Accounts from before addresses were normalised; none of them is merged or deleted. */
async function reportSharedMailboxes(pool: Pool, print: (line: string) => void): Promise<void> {
  const userIds = await findSharedMailboxes(pool)
  if (userIds.length === 0) return
  const shown = userIds.slice(0, MAX_SHOWN).join(', ')
  print(`${userIds.length} accounts share a mailbox with another account (see "parley doctor addresses"): ${shown}`)
}

const MAX_SHOWN = 10

function createMailer({ smtpUrl, publicUrl, dataDir }: Config, print: (line: string) => void): Mailer {
  if (smtpUrl !== null) return createSmtpMailer(smtpUrl, senderAddress(smtpUrl, publicUrl))
  print(`SMTP_URL is not set: mails are written to ${join(dataDir, 'mails.ndjson')}`)
  return createFileMailer(dataDir)
}
