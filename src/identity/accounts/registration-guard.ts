import type { ClientInfo } from '../../domain/client-info.js'
import { addressKey } from '../../limits/address-key.js'
import type { Refusal } from '../../limits/quota.js'
import { giveAllBack, createRateLimit, isRefused } from '../../limits/rate-limit.js'
import type { RedisConnection } from '../../limits/redis.js'
import { mailboxOf } from './email.js'

const HOUR_SECONDS = 60 * 60
const DAY_SECONDS = 24 * HOUR_SECONDS
const PER_SOURCE_AND_HOUR = 20
/** Every registration sends a mail, so this also keeps a mailbox from being flooded. */
const PER_MAILBOX_AND_DAY = 3

/** Names of the limits, as in metrics. */
export const registrationLimits = ['registrations', 'mailbox-registrations'] as const

/** Runs a registration unless its source or its mailbox has had too many. Registrations that fail do not count. */
export type RegistrationGuard = <Result extends object>(
  email: string,
  client: ClientInfo,
  register: () => Promise<Result>,
) => Promise<Result | Refusal>

export interface RegistrationGuardDeps {
  isOn: boolean
  redis: RedisConnection | null
  /** A keyed hash: limits never store the address itself. */
  hash(text: string): string
  onRefused(limit: string, client: ClientInfo, userId: null): void
}

export function createRegistrationGuard({ isOn, redis, hash, onRefused }: RegistrationGuardDeps): RegistrationGuard {
  const [source, mailbox] = registrationLimits
  const sources = createRateLimit({ name: source, points: PER_SOURCE_AND_HOUR, seconds: HOUR_SECONDS, redis })
  const mailboxes = createRateLimit({ name: mailbox, points: PER_MAILBOX_AND_DAY, seconds: DAY_SECONDS, redis })

  return async (email, client, register) => {
    if (!isOn) return register()
    const taken = await Promise.all([sources.take(hash(addressKey(client.ip))), mailboxes.take(hash(mailboxOf(email)))])
    const refusal = taken.find(isRefused)
    let isRegistered = false
    try {
      if (refusal !== undefined) {
        onRefused(refusal.name, client, null)
        return refusal
      }
      const result = await register()
      isRegistered = !('code' in result) && !('retryAfterMs' in result)
      return result
    } finally {
      if (!isRegistered) await giveAllBack(taken)
    }
  }
}
