import { randomUUID } from 'node:crypto'
import type { RolesEvent } from '../domain/roles/events.js'
import type { RolesChange, RolesRejection } from '../domain/roles/roles.js'
import { rolesStream } from '../domain/streams.js'
import type { CommandHandler } from './handle-command.js'
import type { Handled } from './handled.js'
import { rolesKind } from './stream-kind.js'

/** What the operator does has nobody as its actor, and so is none of the commands that a caller runs. The person must exist. */
export function operatorChangesRoles(
  { handle }: Pick<CommandHandler, 'handle'>,
  userId: string,
  change: RolesChange,
): Promise<Handled<RolesEvent, RolesRejection>> {
  const context = { commandId: randomUUID(), actor: null, origin: 'system', correlationId: randomUUID() } as const
  return handle(rolesStream, rolesKind, { type: 'ChangeRoles', userId, change, by: null }, context)
}
