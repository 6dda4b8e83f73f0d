export const USER_ID = '019b7f5e-3c1a-7d2e-9f40-5b6c7d8e9f01'
export const OTHER_ID = '019b7f5e-3c1a-7d2e-9f40-5b6c7d8e9f02'
export const CHAT_ID = '019b7f5e-4d2b-7e3f-8a51-6c7d8e9f0a12'
export const MESSAGE_ID = '019b7f60-1a2b-7c3d-8e4f-5a6b7c8d9e0f'
export const POSITION = 'a8f5f167f44f4964e6c998dee827110c.1042'
export const AT = '2026-01-02T03:04:05.678Z'

export const ADA = { id: USER_ID, name: 'Ada Lovelace', avatarUrl: null, isBot: false }
export const GRACE = { id: OTHER_ID, name: 'Grace Hopper', avatarUrl: null, isBot: false }
export const PARTICIPANT = { ...GRACE, role: 'member', joinedAt: AT, readSeq: 0 }

export const CHAT = {
  id: CHAT_ID,
  type: 'group',
  name: 'Analytical Engine',
  createdBy: USER_ID,
  createdAt: AT,
  updatedAt: AT,
  archivedAt: null,
  historyVisibility: 'full',
  joinPolicy: 'invite',
  participantCount: 2,
  lastSeq: 12,
  version: 42,
}

export const MESSAGE = {
  id: MESSAGE_ID,
  chatId: CHAT_ID,
  seq: 12,
  version: 42,
  sender: ADA,
  clientMessageId: '019b7f60-1a2b-7c3d-8e4f-5a6b7c8d9e10',
  type: 'text',
  content: 'Shall we meet at **noon**?',
  contentHtml: '<p>Shall we meet at <strong>noon</strong>?</p>',
  metadata: null,
  replyTo: null,
  reactions: [],
  mentions: [],
  mentionsAll: false,
  linkPreviews: [],
  createdAt: AT,
  recordedAt: AT,
  editedAt: null,
  deletedAt: null,
  deletedBy: null,
}
