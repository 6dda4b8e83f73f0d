const USER_ID = '019b7f5e-3c1a-7d2e-9f40-5b6c7d8e9f01'
const CHAT_ID = '019b7f5e-4d2b-7e3f-8a51-6c7d8e9f0a12'

/** A body that each request takes, by method and path, for `openapi.json`. */
export const requestExamples: Readonly<Record<string, unknown>> = {
  'post /auth/register': { email: 'ada@example.com', password: 'purple otter on a bicycle', name: 'Ada Lovelace' },
  'post /auth/login': { email: 'ada@example.com', password: 'purple otter on a bicycle' },
  'post /auth/refresh': { refreshToken: 'the refreshToken of the last login or refresh' },
  'post /auth/logout': { refreshToken: 'the refreshToken of the session to end' },
  'post /auth/password': { currentPassword: 'purple otter on a bicycle', newPassword: 'green heron in the rain' },
  'post /auth/password-reset': { email: 'ada@example.com' },
  'post /auth/password-reset/confirm': {
    token: 'the token of the mailed link',
    newPassword: 'green heron in the rain',
  },
  'post /auth/email': { password: 'purple otter on a bicycle', newEmail: 'countess@example.com' },
  'post /auth/email/confirm': { token: 'the token of the mailed link' },
  'post /users/me/erasure': { password: 'correct horse battery staple' },
  'put /holds/:kind/:id': { reason: 'Case 2026/17' },
  'delete /holds/:kind/:id': { reason: 'Case 2026/17 is closed' },
  'put /chats/:id/retention': { days: 90 },
  'patch /users/me': { name: 'Ada', statusText: 'In the library until noon', avatarUrl: null },
  'put /users/:id/roles': { roles: ['auditor'] },
  'post /bots': { name: 'Build bot' },
  'post /bots/:id/tokens': { chatIds: [CHAT_ID], expiresInSeconds: 2_592_000 },
  'post /chats': {
    name: 'Analytical Engine',
    participantIds: [USER_ID],
    historyVisibility: 'full',
    joinPolicy: 'invite',
  },
  'patch /chats/:id': { name: 'Difference Engine', joinPolicy: 'open' },
  'post /chats/:id/participants': { userIds: [USER_ID], role: 'member' },
  'patch /chats/:id/participants/:userId': { role: 'admin' },
  'put /chats/:id/bans/:userId': { reason: 'Advertising after two warnings' },
  'post /chats/:id/invites': { expiresInSeconds: 86_400, maxUses: 10 },
  'post /chats/:id/webhooks': {
    direction: 'out',
    url: 'https://example.com/hook',
    events: ['new_message'],
    name: 'Deploys',
  },
  'post /chats/:id/webhooks/:webhookId/replay': { afterVersion: 41 },
  'post /hooks/:webhookId/:secret': { text: 'Build 1234 passed' },
  'put /chats/:id/read': { seq: 42 },
  'put /chats/:id/mute': { muted: true },
  'put /chats/:id/hide': { hidden: true },
  'post /chats/:id/messages': {
    content: 'Shall we meet at **noon**?',
    clientMessageId: '019b7f60-1a2b-7c3d-8e4f-5a6b7c8d9e0f',
  },
  'patch /chats/:id/messages/:messageId': { content: 'Shall we meet at **one**?' },
  'post /chats/:id/messages/:messageId/reports': { reason: 'Spam' },
  'post /reports/:id/settle': { outcome: 'The message was deleted' },
  'post /projections/:name/skip': {
    position: 'a8f5f167f44f4964e6c998dee827110c.1042',
    reason: 'A date that Postgres cannot hold',
  },
}
