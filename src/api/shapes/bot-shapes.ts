import { z } from 'zod'
import type { BotTokenView } from '../../identity/bots/bot-tokens.js'
import type { BotView } from '../../identity/bots/bots.js'
import { id, time, count } from './fields.js'
import { shapeOf } from './shape-of.js'

export const botShape = shapeOf<BotView & { name: string | null }>()(
  'Bot',
  z.object({ id, name: z.string().nullable(), ownerId: id, createdAt: time, tokenCount: count }),
)

const botTokenFields = { id, chatIds: z.array(id), createdAt: time, expiresAt: time }

export const botTokenShape = shapeOf<BotTokenView>()('BotToken', z.object(botTokenFields))

export const newBotTokenShape = shapeOf<BotTokenView & { token: string }>()(
  'NewBotToken',
  z.object({ ...botTokenFields, token: z.string() }),
)
