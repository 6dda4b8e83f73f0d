import { v5 as uuidv5 } from 'uuid'
import type { RunSystemCommand } from '../commands/run-system-command.js'
import type { AccountStatuses } from '../commands/catalogue/account-statuses.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { Fetched } from '../outbound/outcome.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'
import type { ConversationQueries, WebhookStatus } from '../projections/conversations/conversation-queries.js'
import type { Progress } from '../followers/progress.js'
import type { Frame } from '../realtime/frames.js'
import type { PastFrames } from '../realtime/past-frames.js'
import type { Claimed, Deliveries } from './deliveries.js'
import { MAX_FAILURES, retryDelay } from './retry-delay.js'
import type { WebhookSecrets } from './webhook-secrets.js'

export interface DeliverEventsDeps {
  log: Pick<EventLog, 'head'>
  /** Of conversations. */
  progress: Progress
  queries: Pick<ConversationQueries, 'webhookStatuses'>
  accountStatuses: Pick<AccountStatuses, 'of'>
  pastFrames: PastFrames
  deliveries: Deliveries
  secrets: WebhookSecrets
  safeFetch: SafeFetch
  run: RunSystemCommand
  clock: () => Date
  /** Told of each attempt. */
  onAttempt(outcome: 'delivered' | 'failed'): void
}

/** Delivers what is due to one webhook, event after event. */
export type DeliverEvents = (claimed: Claimed, signal: AbortSignal) => Promise<void>

/** After so many, other webhooks have their turn. */
const MAX_IN_TURN = 50
/** Looked through for the next event that the webhook wants. */
const PAGE = 20
const BEHIND_MS = 5_000
/** How soon it is looked at again where the read model, or the log, did not answer. */
const LATER_SECONDS = 5

type Next =
  | { kind: 'frame'; frame: Frame; version: number; webhook: WebhookStatus }
  | { kind: 'none'; version: number; more: boolean }
  | { kind: 'over' }
  | { kind: 'not-allowed'; chatId: string }
  | { kind: 'behind' }

/** The same for the same event and webhook, whoever delivers it and however often. */
export const deliveryId = (webhookId: string, version: number): string => uuidv5(`delivery ${version}`, webhookId)

/**
 * What is sent is judged and rendered for each attempt anew, against a read model that has all that was in the log when the attempt began:
 * the creator's role, their sight, and what messages say now. Only what was answered is marked, after the answer: whoever dies in
 * between has another node send the same again, with the same id.
 */
export function createDeliverEvents(deps: DeliverEventsDeps): DeliverEvents {
  const { log, progress, queries, accountStatuses, pastFrames, deliveries, secrets, safeFetch, run, clock, onAttempt } =
    deps

  async function next({ webhookId }: Claimed, after: number, signal: AbortSignal): Promise<Next> {
    const head = await log.head()
    if (!(await progress.reached(head, { timeoutMs: BEHIND_MS, signal }))) return { kind: 'behind' }
    const known = await lookUp(webhookId)
    if (known === undefined) return { kind: 'over' }
    const { chatId, userId } = known
    const page = await pastFrames(chatId, userId, after, PAGE)
    // Judged after it was read: no event is in the page that came after what would forbid it.
    const webhook = await lookUp(webhookId)
    if (webhook?.status !== 'active') return { kind: 'over' }
    if (page === null || !(await mayHaveIt(webhook))) return { kind: 'not-allowed', chatId }
    const frame = page.frames.find(({ event }) => webhook.events.length === 0 || webhook.events.includes(event))
    if (frame === undefined) return { kind: 'none', version: page.version, more: page.more }
    return { kind: 'frame', frame, version: versionOf(frame), webhook }
  }

  const lookUp = async (webhookId: string): Promise<WebhookStatus | undefined> =>
    (await queries.webhookStatuses([webhookId])).get(webhookId)

  const mayHaveIt = async ({ userId, role, url }: WebhookStatus): Promise<boolean> =>
    url !== null && role !== null && role !== 'member' && (await accountStatuses.of(userId)).isActive

  /** Why it failed; null where it did not. */
  async function send(
    webhookId: string,
    { frame, version, webhook }: Extract<Next, { kind: 'frame' }>,
    signal: AbortSignal,
  ) {
    const id = deliveryId(webhookId, version)
    const body = JSON.stringify(frame)
    const timestamp = Math.floor(clock().getTime() / 1_000)
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Parley webhook',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': secrets.sign(webhookId, { id, timestamp, body }),
    }
    return failureOf(await safeFetch(webhook.url ?? '', { method: 'POST', headers, body, signal }))
  }

  async function fail(claimed: Claimed, reason: string, chatId: string): Promise<void> {
    const failures = claimed.failures + 1
    onAttempt('failed')
    await deliveries.failed(claimed, reason, retryDelay(failures))
    if (failures >= MAX_FAILURES) await disable(claimed.webhookId, chatId, 'failing')
  }

  async function disable(webhookId: string, chatId: string, why: 'failing' | 'creator'): Promise<void> {
    await run('disableWebhook', { chatId, webhookId, why })
    await deliveries.end([webhookId])
  }

  /** How it goes on from there: null where this turn is over. */
  async function step(claimed: Claimed, signal: AbortSignal): Promise<Claimed | null> {
    const found = await next(claimed, claimed.version, signal)
    switch (found.kind) {
      case 'over':
        await deliveries.end([claimed.webhookId])
        return null
      case 'not-allowed':
        await disable(claimed.webhookId, found.chatId, 'creator')
        return null
      case 'behind':
        await deliveries.putBack(claimed, signal.aborted ? 0 : LATER_SECONDS)
        return null
      case 'none':
        if (!(await deliveries.moveTo(claimed, found.version, 'passed'))) return null
        if (found.more) return { ...claimed, version: found.version }
        await deliveries.putBack(claimed)
        return null
      case 'frame': {
        const { version, webhook } = found
        const failure = await send(claimed.webhookId, found, signal)
        if (signal.aborted && failure === 'aborted') await deliveries.putBack(claimed)
        else if (failure !== null) await fail(claimed, failure, webhook.chatId)
        else {
          onAttempt('delivered')
          return (await deliveries.moveTo(claimed, version, 'delivered')) ? { ...claimed, version, failures: 0 } : null
        }
        return null
      }
    }
  }

  return async (claimed, signal) => {
    let current: Claimed | null = claimed
    for (let steps = 0; steps < MAX_IN_TURN && current !== null; steps++) current = await step(current, signal)
    if (current !== null) await deliveries.putBack(current)
  }
}

const versionOf = ({ payload }: Frame): number => (payload as { version: number }).version

/** As admins are shown it. */
function failureOf(fetched: Fetched): string | null {
  if (fetched.kind === 'refused') return fetched.code
  const { status } = fetched
  return status >= 200 && status < 300 ? null : `status-${status}`
}
