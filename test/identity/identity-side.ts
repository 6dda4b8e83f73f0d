import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { RunCommand } from '../../src/commands/run-command.js'
import { createPool } from '../../src/postgres/pool.js'
import { startIdentity, type Identity, type IdentityDeps } from '../../src/identity/identity.js'
import type { Mail } from '../../src/identity/mail/mailer.js'
import { createTokens } from '../../src/identity/sessions/tokens.js'
import { createReleases } from '../../src/app/release.js'
import { noFailures } from '../support/failure-report.js'
import { createTestDatabase } from '../support/test-database.js'

/** One command as the log would record it. */
export interface Outcome {
  name: string
  input: unknown
  by: string
}

/** Identity on real Postgres, over a stand-in for the log that keeps each command id once and can be made to fail. */
export interface IdentitySide extends AsyncDisposable {
  pool: pg.Pool
  identity: Identity
  told: Outcome[]
  mails: Mail[]
  warnings: { message: string; about: object }[]
  time: { now: number }
  /** What the next commands meet, one after the other: never recorded, or recorded without an answer. */
  faults: ('before' | 'after' | null)[]
  /** Another node, or this one after a restart. */
  start(overrides?: Partial<IdentityDeps>): Promise<Identity>
}

export const key = () => createSecretKey(randomBytes(32))
export const from = { ip: '192.0.2.1', userAgent: 'Test/1', correlationId: randomUUID() }

export async function openIdentitySide(overrides: Partial<IdentityDeps> = {}): Promise<IdentitySide> {
  const releases = createReleases()
  const database = releases.add(await createTestDatabase())
  const pool = createPool({ connectionString: database.url, max: 10 })
  releases.onRelease(() => pool.end())
  const recorded = new Set<string>()
  const side = {
    pool,
    told: [] as Outcome[],
    mails: [] as Mail[],
    warnings: [] as { message: string; about: object }[],
    time: { now: Date.parse('2026-11-22T10:00:00.000Z') },
    faults: [] as ('before' | 'after' | null)[],
  }

  const run = (async (name, input, { userId, key: given }) => {
    const fault = side.faults.shift()
    await Promise.resolve()
    if (fault === 'before') throw new Error('outcome-unknown')
    const commandId = given !== null && 'commandId' in given ? given.commandId : randomUUID()
    if (!recorded.has(commandId)) side.told.push({ name, input, by: userId })
    recorded.add(commandId)
    if (fault === 'after') throw new Error('outcome-unknown')
    return { kind: 'done', position: '1' } as never
  }) as RunCommand

  const clock = () => new Date(side.time.now)
  const tokens = createTokens({
    keys: [{ kid: 'a', key: key() }],
    issuer: 'parley',
    audience: 'parley',
    accessTokenSeconds: 900,
    clock,
  })
  const shared: IdentityDeps = {
    pool,
    run,
    tokens,
    report: noFailures,
    registerUser: async ({ userId, name }) => {
      const fault = side.faults.shift()
      await Promise.resolve()
      if (fault === 'before') throw new Error('outcome-unknown')
      if (!recorded.has(userId)) side.told.push({ name: 'registerUser', input: { name }, by: userId })
      recorded.add(userId)
      if (fault === 'after') throw new Error('outcome-unknown')
    },
    onReuse: () => undefined,
    accountStatusOf: () => Promise.resolve({ roles: [], generation: 0, isActive: true }),
    successorSecrets: [key()],
    registration: 'open',
    mailer: { deliver: (mail) => Promise.resolve(void side.mails.push(mail)), close: () => undefined },
    mayMailLink: () => Promise.resolve(true),
    nameOf: () => Promise.resolve('Ada Lovelace'),
    publicUrl: () => 'https://chat.example.com',
    log: { warn: (message, about) => side.warnings.push({ message, about }) },
    newId: randomUUID,
    clock,
    takesPart: () => Promise.resolve(true),
  }
  const start = async (more: Partial<IdentityDeps> = {}): Promise<Identity> =>
    releases.add(await startIdentity({ ...shared, ...overrides, ...more }))
  const identity = await start()
  return Object.assign(side, { identity, start, [Symbol.asyncDispose]: () => releases[Symbol.asyncDispose]() })
}
