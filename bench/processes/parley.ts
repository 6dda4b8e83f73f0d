import { randomBytes } from 'node:crypto'
import type { BenchPostgres } from './postgres.js'

/** The environment of a Parley on databases of its own; the same for its server and its commands. */
export type ParleyEnvironment = Readonly<Record<string, string>>

export async function makeParley(postgres: BenchPostgres, name: string): Promise<ParleyEnvironment> {
  return {
    DATABASE_URL: await postgres.createDatabase(name),
    KEYS_DATABASE_URL: await postgres.createDatabase(`${name}_keys`),
    MASTER_KEY: randomBytes(32).toString('base64'),
    TOKEN_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    AUDIT_SIGNING_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    // Asked for in production. Nobody listens there, and nothing that is measured sends a mail.
    SMTP_URL: 'smtp://127.0.0.1:9',
    PUBLIC_URL: 'http://127.0.0.1:9',
    ACCESS_TOKEN_SECONDS: '86400',
    RATE_LIMIT_MESSAGES_PER_MINUTE: '0',
    RATE_LIMITS: 'off',
  }
}
