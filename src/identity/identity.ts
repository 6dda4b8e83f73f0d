import type { KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import type { RunCommand } from '../commands/run-command.js'
import { createAccountErasure, type AccountErasure } from './accounts/account-erasure.js'
import { createAccounts, type AccountDeps, type Accounts, type RegistrationMode } from './accounts/accounts.js'
import { createBackground, type Background } from './background.js'
import { createBotCheck, type BotCheck, type BotCheckDeps } from './bots/bot-check.js'
import { createBotTokens, type BotTokens } from './bots/bot-tokens.js'
import { createBots, type Bots } from './bots/bots.js'
import { createSessionEventOutbox } from './sessions/session-event-outbox.js'
import { createEmailChanges, type EmailChanges } from './accounts/email-changes.js'
import { startHousekeeping } from './housekeeping.js'
import { createMailTemplates } from './mail/mail-templates.js'
import type { MayMailLink } from './mail/link-rate-limit.js'
import { createMailQueue } from './mail/mail-queue.js'
import type { Mailer } from './mail/mailer.js'
import { createMailSender } from './mail/mail-sender.js'
import { createPasswordChanges, type PasswordChangeDeps, type PasswordChanges } from './passwords/password-changes.js'
import { createPasswords } from './passwords/passwords.js'
import type { SessionDeps } from './sessions/session-deps.js'
import { createSessions, type Sessions } from './sessions/sessions.js'
import type { Tokens } from './sessions/tokens.js'

export interface IdentityDeps
  extends Pick<AccountDeps, 'registerUser'>, Pick<SessionDeps, 'accountStatusOf' | 'onReuse'> {
  pool: Pool
  run: RunCommand
  tokens: Tokens
  successorSecrets: readonly KeyObject[]
  registration: RegistrationMode
  mailer: Mailer
  mayMailLink: MayMailLink
  /** The user's name; null if it is not known. */
  nameOf: PasswordChangeDeps['nameOf']
  /** Where links in mails lead; called only once the server listens. */
  publicUrl: () => string
  log: { warn(message: string, about: object): unknown }
  newId: () => string
  clock: () => Date
  takesPart: BotCheckDeps['takesPart']
  report: BotCheckDeps['report']
}

export interface Identity extends AsyncDisposable {
  accounts: Accounts
  sessions: Sessions
  passwordChanges: PasswordChanges
  emailChanges: EmailChanges
  bots: Bots
  botTokens: BotTokens
  botCheck: BotCheck
  background: Background
  accountErasure: AccountErasure
}

/** Builds the parts of identity, and first completes what a crash interrupted. */
export async function startIdentity(deps: IdentityDeps): Promise<Identity> {
  const { pool, run, registerUser, registration: mode, mailer, mayMailLink, log, newId, clock } = deps
  const passwords = createPasswords()
  const background = createBackground(log)
  const queue = createMailQueue({ mailer, log })
  const accounts = createAccounts({ pool, passwords, mode, registerUser, newId, clock })
  const templates = createMailTemplates(deps.publicUrl)
  const mailSender = createMailSender({ queue, background, addressOf: accounts.addressOf })
  const outbox = createSessionEventOutbox({ pool, run, newId })
  const onReuse: IdentityDeps['onReuse'] = (userId, client) => {
    mailSender.toUser(userId, templates.sessionEnded())
    deps.onReuse(userId, client)
  }
  const emailChanges = createEmailChanges({ pool, passwords, mailSender, templates, mayMailLink, clock })
  const bots = createBots({ pool, run, clock })
  const botTokens = createBotTokens({ pool, newId, clock })
  const housekeeping = await startHousekeeping({
    pool,
    clock,
    log,
    completions: [accounts.completeAll, outbox.publishAll],
  })
  return {
    accounts: {
      ...accounts,
      async register(registration, request) {
        const registered = await accounts.register(registration, request)
        if (!('code' in registered)) background.run('confirm-email', () => emailChanges.sendConfirmation(registered))
        return registered
      },
    },
    sessions: createSessions({ ...deps, outbox, onReuse }),
    passwordChanges: createPasswordChanges({
      ...deps,
      passwords,
      outbox,
      mailSender,
      templates,
      mayMailLink,
      botsOf: bots.of,
      clock,
    }),
    emailChanges,
    bots,
    botTokens,
    botCheck: createBotCheck({ ...deps, find: botTokens.find }),
    background,
    accountErasure: createAccountErasure({ pool, outbox, botTokens, clock }),
    async [Symbol.asyncDispose]() {
      await housekeeping[Symbol.asyncDispose]()
      await background[Symbol.asyncDispose]()
      await queue[Symbol.asyncDispose]()
    },
  }
}
