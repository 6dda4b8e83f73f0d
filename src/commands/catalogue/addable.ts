import type { OpenChat } from '../../domain/chat/state.js'
import { userStream } from '../../domain/streams.js'
import type { StateOf } from './facts.js'

/** Those among `userIds` who take part in a chat together with the user, as far as this node has followed the log. */
export type UsersSharingChat = (userId: string, userIds: readonly string[]) => Promise<ReadonlySet<string>>

/**
 * Somebody named cannot be added: by their own setting `addableBy`, or because they blocked the actor or an owner or admin of the chat. The
 * refusal does not say which, nor whom it concerns, so that nobody learns that they are blocked.
 */
export interface CannotBeAdded {
  code: 'cannot-be-added'
}

interface AddingFacts {
  stateOf: StateOf
  usersSharingChat: UsersSharingChat
}

/** Whether all of `userIds`, none of whom takes part yet, may be added; `responsible` are the actor and the chat's owners and admins. */
export async function refuseAdding(
  userIds: readonly string[],
  actor: string,
  responsible: readonly string[],
  { stateOf, usersSharingChat }: AddingFacts,
): Promise<CannotBeAdded | null> {
  const users = await Promise.all(
    userIds.map(async (userId) => {
      const user = await stateOf(userStream(userId), ({ status }) => status === 'active')
      return { userId, user }
    }),
  )
  const restricted: string[] = []
  for (const { userId, user } of users) {
    if (user.status !== 'active') continue
    if (user.addableBy === 'nobody' || responsible.some((other) => user.blocked.has(other))) return CANNOT_BE_ADDED
    if (user.addableBy === 'shared-chat') restricted.push(userId)
  }
  if (restricted.length === 0) return null
  const acquaintances = await usersSharingChat(actor, restricted)
  return restricted.every((userId) => acquaintances.has(userId)) ? null : CANNOT_BE_ADDED
}

const CANNOT_BE_ADDED: CannotBeAdded = { code: 'cannot-be-added' }

/** The owners and admins of a chat, who answer for whom its participants add. */
export const adminsOf = ({ participants }: OpenChat): string[] =>
  [...participants].flatMap(([userId, { role }]) => (role === 'member' ? [] : [userId]))
