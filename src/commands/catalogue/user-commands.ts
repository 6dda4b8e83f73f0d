import type { RolesChange } from '../../domain/roles/roles.js'
import { userStream } from '../../domain/streams.js'
import type { RevocationReason } from '../../domain/user/events.js'
import type { ProfileChange } from '../../domain/user/user.js'
import { newBotId } from '../command-id.js'
import { onRoles, onUser } from './command-row.js'
import { everyoneExists, type UnknownUser } from './facts.js'

/** Commands on users, their sessions and their roles. */
export const userCommands = {
  registerUser: onUser<{ name: string; imported: boolean; originalAt?: string; ownerId?: string }>({
    operation: () => 'register',
    stream: (_input, _commandId, actor) => userStream(actor),
    command: (input, _, userId) => ({ type: 'RegisterUser', userId, ...input }),
  }),

  /** A bot has no credentials. `botId`: given where the bot belongs to something that another command creates. */
  registerBot: onUser<{ name: string; botId?: string }>({
    operation: () => 'POST /bots',
    stream: ({ botId }, commandId) => userStream(botId ?? newBotId(commandId)),
    command: ({ name, botId }, commandId, ownerId) => ({
      type: 'RegisterUser',
      userId: botId ?? newBotId(commandId),
      name,
      imported: false,
      ownerId,
    }),
  }),

  changeProfile: onUser<{ change: ProfileChange; originalAt?: string }>({
    operation: () => 'PATCH /users/me',
    stream: (_input, _commandId, actor) => userStream(actor),
    command: (input, _, userId) => ({ type: 'ChangeProfile', userId, ...input }),
  }),

  blockUser: onUser<{ blockedId: string; on: boolean }, UnknownUser>({
    operation: ({ blockedId, on }) => `${on ? 'PUT' : 'DELETE'} /users/me/blocks/${blockedId}`,
    stream: (_input, _commandId, actor) => userStream(actor),
    command: (input, _, userId) => ({ type: 'BlockUser', userId, ...input }),
    prepare: (input, _, { stateOf }) => everyoneExists(input, input.on ? [input.blockedId] : [], stateOf),
  }),

  openSession: onUser<{ userId: string; sessionId: string }>({
    operation: () => 'open session',
    stream: ({ userId }) => userStream(userId),
    command: (input) => ({ type: 'OpenSession', ...input }),
  }),

  revokeSession: onUser<{ userId: string; sessionId: string; reason: RevocationReason }>({
    operation: () => 'revoke session',
    stream: ({ userId }) => userStream(userId),
    command: (input) => ({ type: 'RevokeSession', ...input }),
  }),

  changePassword: onUser<{ userId: string }>({
    operation: () => 'change password',
    stream: ({ userId }) => userStream(userId),
    command: (input) => ({ type: 'ChangePassword', ...input }),
  }),

  changeRoles: onRoles<{ userId: string; change: RolesChange }>({
    operation: ({ userId }) => `PUT /users/${userId}/roles`,
    command: (input, _, by) => ({ type: 'ChangeRoles', ...input, by }),
  }),

  deactivateUser: onRoles<{ userId: string }>({
    operation: ({ userId }) => `POST /users/${userId}/deactivate`,
    command: (input, _, by) => ({ type: 'DeactivateUser', ...input, by }),
  }),

  /** For good: nobody gives it a token any more. Its owner may, and admins. */
  deactivateBot: onRoles<{ userId: string; byOwner?: boolean }, { code: 'bot-not-found' }>({
    operation: ({ userId }) => `DELETE /bots/${userId}`,
    command: (input, _, by) => ({ type: 'DeactivateUser', ...input, by }),
    async prepare(input, actor, { stateOf }) {
      const bot = await stateOf(userStream(input.userId), ({ status }) => status === 'active')
      if (bot.status !== 'active' || bot.ownerId === null) return { refusal: { code: 'bot-not-found' } }
      return { input: { ...input, byOwner: bot.ownerId === actor } }
    },
  }),

  reactivateUser: onRoles<{ userId: string }>({
    operation: ({ userId }) => `POST /users/${userId}/reactivate`,
    command: (input, _, by) => ({ type: 'ReactivateUser', ...input, by }),
  }),

  requestErasure: onRoles<{ userId: string }>({
    operation: ({ userId }) => `POST /users/${userId}/erasure`,
    command: (input, _, by) => ({ type: 'RequestErasure', ...input, by }),
  }),

  recordExport: onUser<object>({
    operation: () => 'GET /users/me/export',
    stream: (_input, _commandId, actor) => userStream(actor),
    command: (_input, _commandId, userId) => ({ type: 'RecordExport', userId }),
  }),

  setUserHold: onRoles<{ userId: string; on: boolean; reason: string }>({
    operation: ({ userId, on }) => `${on ? 'PUT' : 'DELETE'} /holds/user/${userId}`,
    command: (input, _, by) => ({ type: 'SetUserHold', ...input, by }),
  }),

  completeErasure: onUser<{ userId: string }>({
    operation: () => 'complete erasure',
    stream: ({ userId }) => userStream(userId),
    command: (input) => ({ type: 'CompleteErasure', ...input }),
  }),
}
