import { z } from 'zod'
import type {
  BanView,
  ChatView,
  FoundChatView,
  ListedChatView,
  ParticipantView,
  SharedChatView,
} from '../../projections/conversations/views.js'
import { id, time, count, role } from './fields.js'
import { shapeOf } from './shape-of.js'
import { userRefFields, ownerFields, userRefShape } from './user-shapes.js'

export const participantShape = shapeOf<ParticipantView>()(
  'Participant',
  z.object({ ...userRefFields, ...ownerFields, role, joinedAt: time, readSeq: count }),
)

export const banShape = shapeOf<BanView>()(
  'Ban',
  z.object({ person: userRefShape, by: userRefShape, at: time, reason: z.string().nullable() }),
)

export const inviteShape = z.object({ code: z.string(), url: z.string() }).meta({ id: 'Invite' })

const sharedChatFields = {
  id,
  type: z.enum(['direct', 'group']),
  name: z.string().nullable(),
  createdBy: id,
  createdAt: time,
  updatedAt: time,
  archivedAt: time.nullable(),
  historyVisibility: z.enum(['full', 'since-joined']),
  joinPolicy: z.enum(['invite', 'open']),
  participantCount: count,
  lastSeq: count,
  version: count,
}

/** Without what differs from reader to reader: as frames have it. */
export const sharedChatShape = shapeOf<SharedChatView>()('SharedChat', z.object(sharedChatFields))

export const foundChatShape = shapeOf<FoundChatView>()(
  'FoundChat',
  z.object({ ...sharedChatFields, participants: z.array(userRefShape) }),
)

const chatFields = {
  ...sharedChatFields,
  myRole: role,
  muted: z.boolean(),
  hidden: z.boolean(),
  readSeq: count,
  unreadCount: count,
  unreadMentions: count,
}

export const chatShape = shapeOf<ChatView & { participants: ParticipantView[] }>()(
  'Chat',
  z.object({ ...chatFields, participants: z.array(participantShape) }),
)

export const listedChatShape = shapeOf<ListedChatView>()(
  'ListedChat',
  z.object({
    ...chatFields,
    lastMessage: z.string().nullable(),
    lastMessageSenderId: id.nullable(),
    lastMessageSenderName: z.string().nullable(),
    timestamp: time,
    participants: z.array(userRefShape),
  }),
)
