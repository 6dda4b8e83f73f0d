import type { AccountRole } from '../domain/roles/events.js'
import { accountStatusIn, rolesDecider, type AccountStatus } from '../domain/roles/roles.js'
import { rolesStream, userStream } from '../domain/streams.js'
import type { ApplyContext } from '../projections/conversations/part.js'
import { profileOf } from '../projections/conversations/users/user-queries.js'
import type { OwnProfile } from '../projections/conversations/views.js'
import type { FillDeps } from './fill-chat.js'
import { fillUsers } from './fill-users.js'
import type { IsBy } from './moment.js'
import { readHistory } from './read-history.js'

/** A user as they were. What was erased since is null. */
export interface PastUser extends OwnProfile {
  roles: AccountRole[]
  status: 'active' | 'deactivated'
  /** Of the user's stream. */
  version: number
}

/** Profile and roles by then; or why there is none. @throws BadMacError */
export async function readPastUser(
  userId: string,
  isBy: IsBy,
  context: ApplyContext,
  deps: FillDeps,
): Promise<PastUser | 'user-not-found' | 'not-created-yet'> {
  const [last] = await fillUsers([userId], isBy, context, deps)
  const profile = last === undefined ? null : await profileOf(context.tx, context.table, userId)
  if (last === undefined || profile === null) {
    const isThere = (await deps.log.readStream(userStream(userId), { limit: 1 })).length > 0
    return isThere ? 'not-created-yet' : 'user-not-found'
  }
  const { roles, isActive } = await accountStatusBy(userId, isBy, deps)
  return { ...profile, roles: [...roles], status: isActive ? 'active' : 'deactivated', version: last.version }
}

async function accountStatusBy(userId: string, isBy: IsBy, deps: FillDeps): Promise<AccountStatus> {
  let roles = rolesDecider.initial
  for await (const page of readHistory(rolesStream, isBy, deps))
    for (const { event } of page.map((recorded) => deps.reader.decode(recorded)))
      if (event.type === 'RolesChanged' || event.type === 'UserDeactivated' || event.type === 'UserReactivated')
        roles = rolesDecider.evolve(roles, event)
  return accountStatusIn(roles, userId)
}
