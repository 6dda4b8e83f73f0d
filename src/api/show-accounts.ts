import type { z } from 'zod'
import { accountStatusIn, type Roles } from '../domain/roles/roles.js'
import type { Paged } from '../projections/conversations/query-results.js'
import type { OwnProfile } from '../projections/conversations/views.js'
import type { Address } from '../identity/accounts/addresses.js'
import type { Parts } from './parts.js'
import type { accountShape } from './shapes/user-shapes.js'

/** An account as admins see it. */
export type AccountView = z.infer<typeof accountShape>

type Sources = Pick<Parts, 'queries' | 'addresses' | 'accountStatuses'>

/** All accounts, ordered by id. */
export async function listAccounts(limit: number, after: string | null, parts: Sources): Promise<Paged<AccountView>> {
  const { items, next } = await parts.queries.everyone(limit, after)
  return { items: await withAccountStatuses(items, parts), next }
}

/** Null if there is none. */
export async function accountOf(userId: string, parts: Sources): Promise<AccountView | null> {
  const profile = await parts.queries.ownProfile(userId)
  const [account = null] = await withAccountStatuses(profile === null ? [] : [profile], parts)
  return account
}

async function withAccountStatuses(profiles: readonly OwnProfile[], { addresses, accountStatuses }: Sources) {
  const [roles, known] = await Promise.all([accountStatuses.all(), addresses.of(profiles.map(({ id }) => id))])
  return profiles.map((profile) => toAccount(profile, known.get(profile.id), roles))
}

function toAccount(profile: OwnProfile, address: Address | undefined, known: Roles): AccountView {
  const { roles, isActive, isErased } = accountStatusIn(known, profile.id)
  const status = isErased ? 'erased' : isActive ? 'active' : 'deactivated'
  return {
    ...profile,
    email: address?.email ?? null,
    emailVerified: address?.isVerified ?? false,
    roles: [...roles],
    status,
  }
}
