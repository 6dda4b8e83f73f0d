import { randomUUID } from 'node:crypto'
import type { World } from './people.js'

export interface Request {
  path: string
  body?: unknown
  /** With this code the route itself refuses it, to everyone whom it lets in: no request of its kind is right for all of them. */
  refusedAs?: string
}

const unknownToken = 'A'.repeat(43)

/**
 * For each route of the table, a request that is right in everything but, perhaps, in who sends it; for each parameter that only a role
 * may give, one that gives it. A route without a request here fails the test.
 */
export const requests: Record<string, (world: World) => Request> = {
  'POST /auth/register': () => ({
    path: '/auth/register',
    body: { email: `${randomUUID()}@example.com`, password: 'correct horse', name: 'New' },
  }),
  'POST /auth/login': ({ people }) => ({
    path: '/auth/login',
    body: { email: people.bystander.email, password: 'correct horse' },
  }),
  'POST /auth/refresh': () => ({
    path: '/auth/refresh',
    body: { refreshToken: unknownToken },
    refusedAs: 'invalid-refresh-token',
  }),
  'POST /auth/logout': () => ({ path: '/auth/logout', body: { refreshToken: unknownToken } }),
  'GET /auth/sessions': () => ({ path: '/auth/sessions' }),
  'DELETE /auth/sessions/:id': () => ({ path: `/auth/sessions/${randomUUID()}`, refusedAs: 'session-not-found' }),
  'DELETE /auth/sessions': () => ({ path: '/auth/sessions?except=current' }),
  'POST /auth/password': () => ({
    path: '/auth/password',
    body: { currentPassword: 'not this one', newPassword: 'correct horse' },
    refusedAs: 'invalid-credentials',
  }),
  'POST /auth/password-reset': () => ({ path: '/auth/password-reset', body: { email: 'nobody@example.com' } }),
  'POST /auth/password-reset/confirm': () => ({
    path: '/auth/password-reset/confirm',
    body: { token: unknownToken, newPassword: 'correct horse' },
    refusedAs: 'invalid-link',
  }),
  'POST /auth/email': () => ({
    path: '/auth/email',
    body: { password: 'not this one', newEmail: `${randomUUID()}@example.com` },
    refusedAs: 'invalid-credentials',
  }),
  'POST /auth/email/confirm': () => ({
    path: '/auth/email/confirm',
    body: { token: unknownToken },
    refusedAs: 'invalid-link',
  }),
  'GET /audit/entries': () => ({ path: '/audit/entries' }),
  'GET /audit/chats/:id': ({ chatId }) => ({ path: `/audit/chats/${chatId}` }),
  'GET /audit/users/:id': ({ people }) => ({ path: `/audit/users/${people.bystander.id}` }),
  'GET /audit/users': () => ({ path: '/audit/users?query=bystander' }),
  'GET /audit/chats': ({ people }) => ({ path: `/audit/chats?query=board&participantId=${people.participant.id}` }),
  'GET /audit/streams': () => ({ path: '/audit/streams?prefix=chat-' }),
  'GET /audit/streams/:stream': ({ chatId }) => ({ path: `/audit/streams/chat-${chatId}` }),
  'GET /audit/log': () => ({ path: '/audit/log?form=plain' }),
  'GET /audit/checkpoints': () => ({ path: '/audit/checkpoints' }),
  'GET /audit/keys': () => ({ path: '/audit/keys' }),
  'GET /audit/export': () => ({ path: '/audit/export', refusedAs: 'not-yet-signed' }),
  'GET /audit/proofs': () => ({ path: '/audit/proofs?from=1&to=1' }),
  'POST /audit/verifications': () => ({ path: '/audit/verifications' }),
  'GET /audit/verifications/:id': () => ({
    path: `/audit/verifications/${randomUUID()}`,
    refusedAs: 'verification-not-found',
  }),
  'DELETE /audit/verifications/:id': () => ({
    path: `/audit/verifications/${randomUUID()}`,
    refusedAs: 'verification-not-found',
  }),
  'GET /users/me': () => ({ path: '/users/me' }),
  'PATCH /users/me': () => ({ path: '/users/me', body: { statusText: 'here' } }),
  'GET /users/:id/presence': () => ({ path: `/users/${randomUUID()}/presence`, refusedAs: 'user-not-found' }),
  'GET /presence': ({ people }) => ({ path: `/presence?ids=${people.bystander.id}` }),
  'GET /users/me/blocks': () => ({ path: '/users/me/blocks' }),
  'PUT /users/me/blocks/:id': ({ people }) => ({ path: `/users/me/blocks/${people.bystander.id}` }),
  'DELETE /users/me/blocks/:id': ({ people }) => ({ path: `/users/me/blocks/${people.bystander.id}` }),
  'GET /users/:id': ({ people }) => ({ path: `/users/${people.bystander.id}` }),
  'GET /users': ({ people }) => ({ path: `/users?ids=${people.bystander.id}` }),
  'GET /users?all': () => ({ path: '/users?all=true' }),
  'PUT /users/:id/roles': ({ people }) => ({ path: `/users/${people.bystander.id}/roles`, body: { roles: [] } }),
  'POST /users/:id/deactivate': ({ people }) => ({ path: `/users/${people.bystander.id}/deactivate` }),
  'POST /users/me/erasure': () => ({
    path: '/users/me/erasure',
    body: { password: 'not this one' },
    refusedAs: 'invalid-credentials',
  }),
  'PUT /holds/:kind/:id': () => ({
    path: `/holds/user/${randomUUID()}`,
    body: { reason: 'a case' },
    refusedAs: 'user-not-found',
  }),
  'DELETE /holds/:kind/:id': () => ({
    path: `/holds/chat/${randomUUID()}`,
    body: { reason: 'a case' },
    refusedAs: 'chat-not-found',
  }),
  'GET /users/me/export': () => ({ path: '/users/me/export' }),
  'GET /users/me/erasure': () => ({ path: '/users/me/erasure' }),
  'POST /users/:id/erasure': () => ({ path: `/users/${randomUUID()}/erasure`, refusedAs: 'user-not-found' }),
  'POST /users/:id/reactivate': ({ people }) => ({ path: `/users/${people.bystander.id}/reactivate` }),
  'POST /bots': () => ({ path: '/bots', body: { name: 'Helper' } }),
  'GET /bots': () => ({ path: '/bots' }),
  'DELETE /bots/:id': () => ({ path: `/bots/${randomUUID()}`, refusedAs: 'bot-not-found' }),
  'POST /bots/:id/tokens': () => ({
    path: `/bots/${randomUUID()}/tokens`,
    body: { chatIds: [randomUUID()] },
    refusedAs: 'bot-not-found',
  }),
  'GET /bots/:id/tokens': () => ({ path: `/bots/${randomUUID()}/tokens`, refusedAs: 'bot-not-found' }),
  'DELETE /bots/:id/tokens/:tokenId': () => ({
    path: `/bots/${randomUUID()}/tokens/${randomUUID()}`,
    refusedAs: 'bot-not-found',
  }),
  'POST /chats': ({ people }) => ({ path: '/chats', body: { participantIds: [people.bystander.id], name: 'Another' } }),
  'GET /chats': () => ({ path: '/chats' }),
  'GET /chats/open': () => ({ path: '/chats/open?query=boa' }),
  'GET /chats/:id': ({ chatId }) => ({ path: `/chats/${chatId}` }),
  'GET /chats/:id/participants': ({ chatId }) => ({ path: `/chats/${chatId}/participants` }),
  'POST /chats/:id/join': ({ chatId }) => ({ path: `/chats/${chatId}/join` }),
  'POST /chats/:id/leave': ({ chatId }) => ({ path: `/chats/${chatId}/leave` }),
  'POST /chats/:id/participants': ({ chatId, people }) => ({
    path: `/chats/${chatId}/participants`,
    body: { userId: people.bystander.id },
  }),
  'PATCH /chats/:id': ({ chatId }) => ({ path: `/chats/${chatId}`, body: { name: 'Renamed' } }),
  'POST /chats/:id/archive': ({ chatId }) => ({ path: `/chats/${chatId}/archive` }),
  'POST /chats/:id/unarchive': ({ chatId }) => ({ path: `/chats/${chatId}/unarchive` }),
  'GET /chats/:id/bans': ({ chatId }) => ({ path: `/chats/${chatId}/bans` }),
  'PUT /chats/:id/bans/:userId': ({ chatId, people }) => ({
    path: `/chats/${chatId}/bans/${people.bystander.id}`,
    body: { reason: 'spam' },
  }),
  'DELETE /chats/:id/bans/:userId': ({ chatId, people }) => ({ path: `/chats/${chatId}/bans/${people.bystander.id}` }),
  'POST /chats/:id/invites': ({ chatId }) => ({ path: `/chats/${chatId}/invites`, body: { maxUses: 1 } }),
  'DELETE /chats/:id/invites/:code': ({ chatId }) => ({ path: `/chats/${chatId}/invites/${unknownToken}` }),
  'POST /chats/:id/webhooks': ({ chatId }) => ({
    path: `/chats/${chatId}/webhooks`,
    body: { url: 'https://hook.example/' },
  }),
  'GET /chats/:id/webhooks': ({ chatId }) => ({ path: `/chats/${chatId}/webhooks` }),
  'DELETE /chats/:id/webhooks/:webhookId': ({ chatId }) => ({
    path: `/chats/${chatId}/webhooks/${randomUUID()}`,
    refusedAs: 'webhook-not-found',
  }),
  'POST /chats/:id/webhooks/:webhookId/replay': ({ chatId }) => ({
    path: `/chats/${chatId}/webhooks/${randomUUID()}/replay`,
    body: { afterVersion: 0 },
    refusedAs: 'webhook-not-found',
  }),
  'POST /hooks/:webhookId/:secret': () => ({
    path: `/hooks/${randomUUID()}/${unknownToken}`,
    body: { text: 'hello' },
  }),
  'POST /invites/:code/join': () => ({ path: `/invites/${unknownToken}/join`, refusedAs: 'invite-not-found' }),
  'PATCH /chats/:id/participants/:userId': ({ chatId, people }) => ({
    path: `/chats/${chatId}/participants/${people.bystander.id}`,
    body: { role: 'admin' },
  }),
  'DELETE /chats/:id/participants/:userId': ({ chatId, people }) => ({
    path: `/chats/${chatId}/participants/${people.bystander.id}`,
  }),
  'POST /chats/:id/messages': ({ chatId }) => ({ path: `/chats/${chatId}/messages`, body: { content: 'hello' } }),
  'GET /chats/:id/messages': ({ chatId }) => ({ path: `/chats/${chatId}/messages` }),
  'GET /chats/:id/messages/:messageId': ({ chatId, messageId }) => ({ path: `/chats/${chatId}/messages/${messageId}` }),
  'PATCH /chats/:id/messages/:messageId': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}`,
    body: { content: 'otherwise' },
  }),
  'DELETE /chats/:id/messages/:messageId': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}`,
  }),
  'GET /chats/:id/messages/:messageId/receipt': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}/receipt`,
    refusedAs: 'not-yet-signed',
  }),
  'GET /chats/:id/messages/:messageId/history': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}/history`,
  }),
  'GET /chats/:id/messages/:messageId/reactions': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}/reactions`,
  }),
  'PUT /chats/:id/messages/:messageId/reactions/:emoji': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}/reactions/${encodeURIComponent('👍')}`,
  }),
  'DELETE /chats/:id/messages/:messageId/reactions/:emoji': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}/reactions/${encodeURIComponent('👍')}`,
  }),
  'GET /chats/:id/pins': ({ chatId }) => ({ path: `/chats/${chatId}/pins` }),
  'PUT /chats/:id/pins/:messageId': ({ chatId, messageId }) => ({ path: `/chats/${chatId}/pins/${messageId}` }),
  'DELETE /chats/:id/pins/:messageId': ({ chatId, messageId }) => ({ path: `/chats/${chatId}/pins/${messageId}` }),
  'PUT /chats/:id/retention': ({ chatId }) => ({ path: `/chats/${chatId}/retention`, body: { days: 36_500 } }),
  'PUT /chats/:id/mute': ({ chatId }) => ({ path: `/chats/${chatId}/mute`, body: { muted: true } }),
  'PUT /chats/:id/hide': ({ chatId }) => ({ path: `/chats/${chatId}/hide`, body: { hidden: true } }),
  'PUT /chats/:id/read': ({ chatId }) => ({ path: `/chats/${chatId}/read`, body: { seq: 1 } }),
  'GET /chats/:id/events': ({ chatId }) => ({ path: `/chats/${chatId}/events` }),
  'POST /chats/:id/messages/:messageId/reports': ({ chatId, messageId }) => ({
    path: `/chats/${chatId}/messages/${messageId}/reports`,
    body: { reason: 'spam' },
  }),
  'GET /search/messages': () => ({ path: '/search/messages?q=hello' }),
  'GET /reports': () => ({ path: '/reports' }),
  'POST /reports/:id/settle': () => ({
    path: `/reports/${randomUUID()}/settle`,
    body: { outcome: 'Nothing was wrong with it' },
    refusedAs: 'report-not-found',
  }),
  'GET /projections': () => ({ path: '/projections' }),
  'GET /projections/:name': () => ({ path: '/projections/audit_trail' }),
  'POST /projections/:name/rebuild': () => ({ path: '/projections/none/rebuild', refusedAs: 'projection-not-found' }),
  'DELETE /projections/:name/rebuild': () => ({ path: '/projections/audit_trail/rebuild' }),
  'POST /projections/:name/retry': () => ({ path: '/projections/audit_trail/retry' }),
  'POST /projections/:name/stop': () => ({ path: '/projections/revocations/stop', refusedAs: 'projection-needed' }),
  'POST /projections/:name/start': () => ({ path: '/projections/audit_trail/start' }),
  'POST /projections/:name/diff': () => ({ path: '/projections/none/diff', refusedAs: 'projection-not-found' }),
  'GET /projections/:name/diff': () => ({ path: '/projections/audit_trail/diff', refusedAs: 'comparison-not-found' }),
  'POST /projections/:name/skip': () => ({
    path: '/projections/conversations/skip',
    body: { position: '1', reason: 'It cannot be applied' },
    refusedAs: 'not-paused-there',
  }),
  'GET /healthz': () => ({ path: '/healthz' }),
  'GET /readyz': () => ({ path: '/readyz' }),
  'GET /metrics': () => ({ path: '/metrics' }),
  'GET /openapi.json': () => ({ path: '/openapi.json' }),
  'GET /asyncapi.json': () => ({ path: '/asyncapi.json' }),
  'GET /docs': () => ({ path: '/docs' }),
  'GET /docs/:file': () => ({ path: '/docs/docs.js' }),
}
