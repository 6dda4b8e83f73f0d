import { z } from 'zod'
import type { ClientEventName } from '../../realtime/protocol.js'
import { count, id } from './fields.js'
import { messageShape } from './message-shapes.js'
import { problemShape } from './problem-shape.js'

const ok = z.literal(true)
const ofCommand = z.object({ ok, position: z.string() })
const done = z.object({ ok })

export const refusedShape = z.object({ ok: z.literal(false), error: problemShape })

/** The ack of each client event that is not refused. */
export const ackShapes: Readonly<Record<ClientEventName, z.ZodType>> = {
  send_message: z.object({ ok, message: messageShape, position: z.string() }),
  edit_message: ofCommand,
  delete_message: ofCommand,
  react: ofCommand,
  join_chat: ofCommand,
  leave_chat: ofCommand,
  read: ofCommand,
  typing: done,
  sync: z.object({ ok, behind: z.record(id, count) }),
  authenticate: done,
}
