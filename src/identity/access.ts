import type { AccountRole } from '../domain/roles/events.js'

/**
 * What a route or a socket's event asks of whoever uses it. The edge holds it to the token and to roles; who takes part in a chat is
 * for commands and queries to judge, and named here so that one table tells all of it:
 *
 * - `user`: anyone with a token.
 * - `participant`, `chat-admin`: who takes part in the chat; its owners and admins. To all others there is no such chat.
 * - `author`: who wrote the message, while they take part.
 * - `open-chat`: anyone where the chat is open to join, else who takes part.
 * - `either`: someone with a token or, without one, someone whom the body makes known; a body comes before a token.
 */
export type Access = 'anyone' | 'either' | 'user' | 'participant' | 'author' | 'chat-admin' | 'open-chat' | AccountRole

const rolesFor: Partial<Record<Access, readonly AccountRole[]>> = {
  auditor: ['auditor', 'admin'],
  analyst: ['analyst', 'admin'],
  admin: ['admin'],
}

/** Whether these roles are enough, as far as it is about roles. */
export const rolesSuffice = (access: Access, roles: readonly string[]): boolean =>
  rolesFor[access]?.some((role) => roles.includes(role)) ?? true
