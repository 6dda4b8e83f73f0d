import { z } from 'zod'
import { id, time, count } from './fields.js'

export const presenceShape = z
  .object({
    userId: id,
    isOnline: z.boolean(),
    lastSeen: time.nullable(),
    deviceCount: count.exactOptional().meta({ description: 'only of oneself' }),
  })
  .meta({ id: 'Presence' })
