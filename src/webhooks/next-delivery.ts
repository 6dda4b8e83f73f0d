import type { AccountStatuses } from '../commands/catalogue/account-statuses.js'
import type { EventLog } from '../eventstore/event-log.js'
import { BadMacError } from '../privacy/bad-mac-error.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { WebhookStatus } from '../projections/conversations/query-results.js'
import type { Progress } from '../followers/progress.js'
import type { Frame } from '../realtime/frames.js'
import type { PastFrames } from '../realtime/past-frames.js'

export interface NextDeliveryDeps {
  log: Pick<EventLog, 'head'>
  /** Of conversations. */
  progress: Progress
  queries: Pick<ConversationQueries, 'webhookStatuses'>
  accountStatuses: Pick<AccountStatuses, 'of'>
  pastFrames: PastFrames
  /** Whether webhooks of this user are delivered. */
  isOn(userId: string): Promise<boolean>
}

/** What is to be done next for a webhook. */
export type NextDelivery =
  | { kind: 'deliver'; frame: Frame; version: number; webhook: WebhookStatus }
  /** None of the events up to `version` is wanted; `hasMore` tells whether there are later ones. */
  | { kind: 'skip'; version: number; hasMore: boolean }
  /** The webhook was deleted or disabled. */
  | { kind: 'ended' }
  /** Its creator may no longer have it. */
  | { kind: 'forbidden'; chatId: string }
  | { kind: 'read-model-behind' }
  /** Webhooks are switched off for its creator: nothing is lost, it is delivered when they are on again. */
  | { kind: 'switched-off' }
  /** The next event was altered or forged, and no operator had it skipped. */
  | { kind: 'forged' }

/** Looks for the first event after a version of the chat that the webhook wants and its creator may see. */
export type FindNextDelivery = (webhookId: string, after: number, signal: AbortSignal) => Promise<NextDelivery>

/** Events of the chat that are looked through at once. */
const PAGE = 20
const MAX_WAIT_MS = 5_000

/**
 * Everything is read for each attempt anew, from a read model that has all that was in the log when the attempt began: the creator's role,
 * what they may see, and the present content of messages.
 */
export function createFindNextDelivery(deps: NextDeliveryDeps): FindNextDelivery {
  const { log, progress, queries, accountStatuses, pastFrames, isOn } = deps

  const statusOf = async (webhookId: string): Promise<WebhookStatus | undefined> =>
    (await queries.webhookStatuses([webhookId])).get(webhookId)

  const isAllowed = async ({ userId, role, url }: WebhookStatus): Promise<boolean> =>
    url !== null && role !== null && role !== 'member' && (await accountStatuses.of(userId)).isActive

  return async (webhookId, after, signal) => {
    const head = await log.head()
    if (!(await progress.reached(head, { timeoutMs: MAX_WAIT_MS, signal }))) return { kind: 'read-model-behind' }
    const known = await statusOf(webhookId)
    if (known === undefined) return { kind: 'ended' }
    const { chatId, userId } = known
    if (!(await isOn(userId))) return { kind: 'switched-off' }
    const page = await pastFrames(chatId, userId, after, PAGE).catch(unlessForged)
    // The status is checked after the page was read, so that the page holds no event later than one that forbids it.
    const webhook = await statusOf(webhookId)
    if (webhook?.status !== 'active') return { kind: 'ended' }
    if (page === 'forged') return { kind: 'forged' }
    if (page === null || !(await isAllowed(webhook))) return { kind: 'forbidden', chatId }
    const frame = page.frames.find(({ event }) => webhook.events.length === 0 || webhook.events.includes(event))
    if (frame === undefined) return { kind: 'skip', version: page.version, hasMore: page.more }
    return { kind: 'deliver', frame, version: versionOf(frame), webhook }
  }
}

function unlessForged(error: unknown): 'forged' {
  if (error instanceof BadMacError) return 'forged'
  throw error
}

const versionOf = ({ payload }: Frame): number => (payload as { version: number }).version
