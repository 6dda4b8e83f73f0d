import type { Knex } from 'knex'
import type { Pool } from 'pg'
import { normaliseEmail } from './email.js'

interface StoredAddress {
  user_id: string
  email: string
  email_verified_at: Date | null
  created_at: Date
}

/** Addresses that may be spelled otherwise than today; the exact test is `normalFormOf`. */
const IS_SUSPECT = String.raw`email !~ '^[^<>@]+@[a-z0-9_-]+(\.[a-z0-9_-]+)*$'`

/** Earlier releases stored brackets as a part of the address. */
const normalFormOf = (stored: string): string => normaliseEmail(stored.replace(/^<(.*)>$/u, '$1'))

/**
 * Brings stored addresses into the spelling that `normaliseEmail` gives. Of accounts that turn out to share an address, one gets it: the one
 * that is stored with it already, else the oldest verified, else the oldest. The others keep their spelling, log in by it alone, and are
 * marked. Links mailed to changed addresses are dropped, since using one would bring the old spelling back.
 */
export async function normaliseStoredAddresses(knex: Knex): Promise<void> {
  const rows = await knex<StoredAddress>('credentials').whereRaw(IS_SUSPECT)
  const outdated = rows.filter((row) => normalFormOf(row.email) !== row.email)
  for (const email of new Set(outdated.map((row) => normalFormOf(row.email)))) {
    const accounts = outdated.filter((row) => normalFormOf(row.email) === email)
    const isTaken = (await knex('credentials').where({ email }).first()) !== undefined
    const [first, ...others] = accounts.sort(byClaim)
    const sharing = isTaken || first === undefined ? accounts : others
    if (!isTaken && first !== undefined) await knex('credentials').where({ user_id: first.user_id }).update({ email })
    await knex('credentials').whereIn('user_id', sharing.map(idOf)).update({ shares_mailbox: true })
    await knex('mailed_tokens').whereIn('user_id', accounts.map(idOf)).del()
  }
}

const idOf = ({ user_id: userId }: StoredAddress): string => userId

/** Verified accounts first, then the older ones. */
const byClaim = (a: StoredAddress, b: StoredAddress): number =>
  Number(a.email_verified_at === null) - Number(b.email_verified_at === null) ||
  a.created_at.getTime() - b.created_at.getTime() ||
  (a.user_id < b.user_id ? -1 : 1)

/** The users whose mailbox belongs to another account: they log in by their own spelling of the address alone. */
export async function findSharedMailboxes(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ userId: string }>(
    'select user_id as "userId" from credentials where shares_mailbox order by created_at, user_id',
  )
  return rows.map(({ userId }) => userId)
}
