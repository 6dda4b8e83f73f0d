import { z } from 'zod'
import type { PastChat, PastParticipant } from '../../replay/past-chat.js'
import type { PastUser } from '../../replay/past-user.js'
import { accountRoles } from '../../domain/roles/events.js'
import { sharedChatShape } from './chat-shapes.js'
import { id, time, count, role } from './fields.js'
import { messageShape } from './message-shapes.js'
import { shapeOf } from './shape-of.js'
import { userRefFields, ownerFields, userRefShape } from './user-shapes.js'

const pastParticipantShape = shapeOf<PastParticipant>()(
  'PastParticipant',
  z.object({ ...userRefFields, ...ownerFields, role, joinedAt: time }),
)

export const pastChatShape = shapeOf<PastChat>()(
  'PastChat',
  z.object({
    chat: sharedChatShape,
    version: count,
    position: z.string().meta({ description: 'of the last event that it includes' }),
    recordedAt: time.meta({ description: 'of that event' }),
    participants: z.array(pastParticipantShape),
    moreParticipants: z.string().nullable().meta({ description: '`participantsAfter` of the next page' }),
    pins: z.array(z.object({ messageId: id, seq: count, pinnedBy: userRefShape, pinnedAt: time })),
    messages: z.array(messageShape),
  }),
)

export const pastUserShape = shapeOf<PastUser>()(
  'PastUser',
  z.object({
    ...userRefFields,
    ...ownerFields,
    statusText: z.string().nullable(),
    addableBy: z.enum(['everyone', 'shared-chat', 'nobody']),
    showPresence: z.boolean(),
    createdAt: time,
    updatedAt: time,
    roles: z.array(z.enum(accountRoles)),
    status: z.enum(['active', 'deactivated']),
    version: count.meta({ description: 'of the stream of the user' }),
  }),
)
