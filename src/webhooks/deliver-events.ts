import type { RunSystemCommand } from '../commands/run-system-command.js'
import type { Claimed, Deliveries } from './deliveries.js'
import type { FindNextDelivery, NextDelivery } from './next-delivery.js'
import { MAX_FAILURES, retryDelay } from './retry-delay.js'
import type { SendDelivery } from './send-delivery.js'

export interface DeliverEventsDeps {
  findNext: FindNextDelivery
  send: SendDelivery
  deliveries: Pick<Deliveries, 'moveTo' | 'failed' | 'pause' | 'putBack' | 'end'>
  run: RunSystemCommand
  /** Called after each attempt. */
  onAttempt(outcome: 'delivered' | 'failed'): void
}

/** Delivers what is due to one webhook, event after event. */
export type DeliverEvents = (claimed: Claimed, signal: AbortSignal) => Promise<void>

/** After so many events or pages, other webhooks have their turn. */
const MAX_STEPS = 50
/** How soon it is tried again where the read model, or the log, did not answer. */
const RETRY_SECONDS = 5
/** How soon a webhook is tried again that waits at a forged event: until an operator has it skipped, or mended the log. */
const FORGED_RETRY_SECONDS = 10
/** How soon a webhook is looked at again that is switched off. */
const SWITCHED_OFF_RETRY_SECONDS = 10

/**
 * A delivery is marked only after it was answered: after a crash another node sends it again, with the same id. Each step gives the
 * claim to go on with, or null where the webhook was given back or has ended.
 */
export function createDeliverEvents(deps: DeliverEventsDeps): DeliverEvents {
  const { findNext, send, deliveries, run, onAttempt } = deps

  async function disable(webhookId: string, chatId: string, reason: 'failing' | 'creator'): Promise<null> {
    await run('disableWebhook', { chatId, webhookId, reason })
    await deliveries.end([webhookId])
    return null
  }

  async function end(webhookId: string): Promise<null> {
    await deliveries.end([webhookId])
    return null
  }

  async function putBack(claimed: Claimed, seconds?: number): Promise<null> {
    await deliveries.putBack(claimed, seconds)
    return null
  }

  /** It does not count as a failure of the receiver, which would disable the webhook. */
  async function pause(claimed: Claimed): Promise<null> {
    await deliveries.pause(claimed, 'bad-mac', FORGED_RETRY_SECONDS)
    return null
  }

  async function fail(claimed: Claimed, reason: string, chatId: string): Promise<null> {
    const failures = claimed.failures + 1
    onAttempt('failed')
    await deliveries.failed(claimed, reason, retryDelay(failures))
    return failures >= MAX_FAILURES ? disable(claimed.webhookId, chatId, 'failing') : null
  }

  async function skipTo(claimed: Claimed, version: number, hasMore: boolean): Promise<Claimed | null> {
    if (!(await deliveries.moveTo(claimed, version, 'skipped'))) return null
    return hasMore ? { ...claimed, version } : putBack(claimed)
  }

  async function deliver(
    claimed: Claimed,
    { frame, version, webhook }: Extract<NextDelivery, { kind: 'deliver' }>,
    signal: AbortSignal,
  ): Promise<Claimed | null> {
    const delivery = { webhookId: claimed.webhookId, url: webhook.url ?? '', version, frame }
    const failure = await send(delivery, signal)
    if (signal.aborted && failure === 'aborted') return putBack(claimed)
    if (failure !== null) return fail(claimed, failure, webhook.chatId)
    onAttempt('delivered')
    return (await deliveries.moveTo(claimed, version, 'delivered')) ? { ...claimed, version, failures: 0 } : null
  }

  async function step(claimed: Claimed, signal: AbortSignal): Promise<Claimed | null> {
    const next = await findNext(claimed.webhookId, claimed.version, signal)
    switch (next.kind) {
      case 'deliver':
        return deliver(claimed, next, signal)
      case 'skip':
        return skipTo(claimed, next.version, next.hasMore)
      case 'ended':
        return end(claimed.webhookId)
      case 'forbidden':
        return disable(claimed.webhookId, next.chatId, 'creator')
      case 'read-model-behind':
        return putBack(claimed, signal.aborted ? 0 : RETRY_SECONDS)
      case 'switched-off':
        return putBack(claimed, SWITCHED_OFF_RETRY_SECONDS)
      case 'forged':
        return pause(claimed)
    }
  }

  return async (claimed, signal) => {
    let current: Claimed | null = claimed
    for (let steps = 0; steps < MAX_STEPS && current !== null; steps++) current = await step(current, signal)
    if (current !== null) await deliveries.putBack(current)
  }
}
