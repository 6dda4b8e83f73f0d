import { z } from 'zod'
import type {
  EditView,
  FoundMessage,
  MessageView,
  OwnReportView,
  PinView,
  ReactionView,
  ReportView,
} from '../../projections/conversations/views.js'
import { id, time, count } from './fields.js'
import { shapeOf } from './shape-of.js'
import { userRefShape } from './user-shapes.js'

export const messageShape = shapeOf<MessageView>()(
  'Message',
  z.object({
    id,
    chatId: id,
    seq: count,
    version: count,
    sender: userRefShape,
    clientMessageId: z.string().nullable(),
    type: z.string(),
    content: z.string().nullable(),
    contentHtml: z.string().nullable(),
    metadata: z.record(z.string(), z.json()).nullable(),
    replyTo: z.object({ id, seq: count, senderName: z.string().nullable(), excerpt: z.string().nullable() }).nullable(),
    reactions: z.array(z.object({ emoji: z.string(), count, userIds: z.array(id) })),
    mentions: z.array(id),
    mentionsAll: z.boolean(),
    linkPreviews: z.array(
      z.object({
        url: z.string(),
        title: z.string().nullable(),
        description: z.string().nullable(),
        imageUrl: z.string().nullable(),
      }),
    ),
    createdAt: time,
    recordedAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
    deletedBy: id.nullable(),
  }),
)

export const editShape = shapeOf<EditView>()(
  'Edit',
  z.object({ content: z.string().nullable(), at: time, by: userRefShape }),
)

export const reactionShape = shapeOf<ReactionView>()(
  'Reaction',
  z.object({ emoji: z.string(), people: z.array(userRefShape) }),
)

export const pinShape = shapeOf<PinView>()(
  'Pin',
  z.object({ message: messageShape, pinnedBy: userRefShape, pinnedAt: time }),
)

export const foundMessageShape = shapeOf<FoundMessage>()(
  'FoundMessage',
  z.object({
    message: messageShape,
    highlight: z.object({
      text: z.string().meta({ description: 'plain text: an excerpt of what the message says' }),
      ranges: z
        .array(z.tuple([z.int(), z.int()]))
        .meta({ description: 'the hits in `text`: first and one past the last, in UTF-16 code units' }),
    }),
  }),
)

export const ownReportShape = shapeOf<OwnReportView>()(
  'OwnReport',
  z.object({ id, messageId: id, chatId: id, createdAt: time }),
)

export const reportShape = shapeOf<ReportView>()(
  'Report',
  z.object({
    id,
    chatId: id,
    message: messageShape,
    reporter: userRefShape,
    reason: z.string().nullable(),
    createdAt: time,
    status: z.enum(['open', 'settled']),
    outcome: z.string().nullable(),
    settledBy: userRefShape.nullable(),
    settledAt: time.nullable(),
    reportCount: count,
  }),
)
