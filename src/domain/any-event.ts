import type { ChatEvent } from './chat/events.js'
import { chatUpcasters } from './chat/upcast.js'
import type { InboxEvent } from './inbox/events.js'
import { inboxUpcasters } from './inbox/upcast.js'
import type { LogEvent } from './log/events.js'
import { logUpcasters } from './log/upcast.js'
import type { ModerationEvent } from './moderation/events.js'
import { moderationUpcasters } from './moderation/upcast.js'
import type { RolesEvent } from './roles/events.js'
import { rolesUpcasters } from './roles/upcast.js'
import type { SecurityEvent } from './security/events.js'
import { securityUpcasters } from './security/upcast.js'
import type { Upcaster } from './upcast.js'
import type { UserEvent } from './user/events.js'
import { userUpcasters } from './user/upcast.js'

/** Every event that this release can read and write. */
export type AnyEvent = ChatEvent | UserEvent | InboxEvent | ModerationEvent | RolesEvent | LogEvent | SecurityEvent

/** Names under which earlier releases stored events. The log keeps them; readers use the present ones. */
export const formerTypes: Readonly<Record<string, AnyEvent['type']>> = {
  PersonBlocked: 'UserBlocked',
  PersonUnblocked: 'UserUnblocked',
}

/** The present name of a stored event type. */
export const currentType = (type: string): string =>
  Object.hasOwn(formerTypes, type) ? (formerTypes[type] ?? type) : type

export const allUpcasters: Record<AnyEvent['type'], readonly Upcaster[]> = {
  ...chatUpcasters,
  ...userUpcasters,
  ...inboxUpcasters,
  ...moderationUpcasters,
  ...rolesUpcasters,
  ...logUpcasters,
  ...securityUpcasters,
}
