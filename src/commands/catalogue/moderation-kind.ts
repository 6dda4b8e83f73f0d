import type { ModerationEvent } from '../../domain/moderation/events.js'
import {
  moderationDecider,
  type Moderation,
  type ModerationCommand,
  type ModerationRejection,
} from '../../domain/moderation/moderation.js'
import { reportsOf } from '../../domain/moderation/reports.js'
import { orderedMap } from '../../domain/ordered-map.js'
import type { StreamKind } from '../pipeline/stream-kind.js'

interface ModerationJson {
  open: [string, { messageId: string; reporterId: string }][]
  settled: [string, true][]
  webhooks: [string, { by: string; on: boolean }][]
  isHeld: boolean
  retentionDays: number | null
}

export const moderationKind: StreamKind<ModerationCommand, Moderation, ModerationEvent, ModerationRejection> = {
  decider: moderationDecider,
  weigh: ({ open, settled, webhooks }) => 1 + open.size + settled.size + webhooks.size,
  snapshot: {
    evolveVersion: 3,
    toJson: ({ open, settled, webhooks, isHeld, retentionDays }) => ({
      open: [...open],
      settled: [...settled],
      webhooks: [...webhooks],
      isHeld,
      retentionDays,
    }),
    fromJson(json) {
      const { open, settled, webhooks, isHeld, retentionDays } = json as ModerationJson
      return { ...reportsOf(open, settled), webhooks: orderedMap(webhooks), isHeld, retentionDays }
    },
  },
}
