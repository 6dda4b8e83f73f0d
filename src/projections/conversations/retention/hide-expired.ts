import { DEFAULT_MESSAGE_TYPE } from '../../../domain/chat/events.js'
import { isPastRetention } from '../../../domain/retention.js'
import { toIso, type Instant } from '../instants.js'

interface ExpiringRow {
  /** Of the chat. */
  retention_days: number | null
  created_at: Instant
  quoted_at: Instant | null
}

/** A message as its row shows it at this moment: what is past the retention is shown as it will be once its key is destroyed. */
export function hideExpired<Row extends ExpiringRow>(row: Row, now: Date): Row {
  const { retention_days: days, created_at, quoted_at } = row
  if (days === null) return row
  if (isPastRetention(toIso(created_at), days, now)) return { ...row, ...NOTHING }
  const isQuoteExpired = quoted_at !== null && isPastRetention(toIso(quoted_at), days, now)
  return isQuoteExpired ? { ...row, quoted_content: null, quoted_sender_name: null } : row
}

const NOTHING = {
  client_message_id: null,
  type: DEFAULT_MESSAGE_TYPE,
  content: null,
  metadata: null,
  mentions: null,
  mentions_all: false,
  link_previews: null,
  reply_to_id: null,
  reply_to_seq: null,
}
