import type { AccountRole } from '../domain/roles/events.js'

/**
 * Who may use a route or a socket event. The edge checks tokens and account roles; membership of a chat is checked by commands and
 * queries, and named here so that one table documents it all:
 *
 * - `user`: anyone with a token.
 * - `participant`, `chat-admin`: participants of the chat; its owners and admins. For all others the chat does not exist.
 * - `author`: the author of the message, while a participant.
 * - `open-chat`: anyone if the chat is open to join, otherwise its participants.
 * - `either`: anyone with a token, or identified by the body, which takes precedence.
 */
export type Access = 'anyone' | 'either' | 'user' | 'participant' | 'author' | 'chat-admin' | 'open-chat' | AccountRole

const rolesFor: Partial<Record<Access, readonly AccountRole[]>> = {
  auditor: ['auditor', 'admin'],
  analyst: ['analyst', 'admin'],
  admin: ['admin'],
}

/** Whether it takes a role of the installation. */
export const isRoleAccess = (access: Access): boolean => rolesFor[access] !== undefined

/** Whether these roles suffice, if `access` requires a role at all. */
export const rolesSuffice = (access: Access, roles: readonly string[]): boolean =>
  rolesFor[access]?.some((role) => roles.includes(role)) ?? true
