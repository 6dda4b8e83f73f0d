import type { Pool } from 'pg'

/** A webhook that one node delivers to, until it gives it back or the lease ends. */
export interface Claimed {
  webhookId: string
  /** Of the chat: everything up to it is delivered, or was not to be. */
  version: number
  /** In a row. */
  failures: number
  lease: string
}

/** The state of deliveries to a webhook. Times are ISO-8601 UTC. */
export interface DeliveryState {
  deliveredUpTo: number
  lastDeliveredAt: string | null
  /** In a row. */
  failures: number
  lastFailure: { at: string; reason: string } | null
  /** Null unless the last attempt failed. */
  nextAttemptAt: string | null
}

interface ChatVersion {
  chatId: string
  version: number
}

/** How far each outgoing webhook has been delivered to, shared by all nodes; one node at a time has it, by the database's clock. */
export interface Deliveries {
  /** Adds webhooks to which everything after `version` is to be delivered. One that is known stays as it is. */
  begin(webhooks: readonly (ChatVersion & { webhookId: string; head: number })[]): Promise<void>
  /** Records the latest versions of chats. Resolves with whether that leaves something to deliver. */
  advance(heads: readonly ChatVersion[]): Promise<boolean>
  /** Ends delivery to these, for ever. */
  end(webhookIds: readonly string[]): Promise<void>
  /** At most `limit` that have something to deliver and are due. */
  claim(limit: number): Promise<Claimed[]>
  /** Resolves with false where this node has lost it. */
  moveTo(claimed: Claimed, version: number, how: 'delivered' | 'skipped'): Promise<boolean>
  /** Gives it back after a failed attempt: due again after so many seconds. */
  failed(claimed: Claimed, reason: string, seconds: number): Promise<void>
  /** Gives it back with a reason that is not the receiver's: due again after so many seconds. */
  pause(claimed: Claimed, reason: string, seconds: number): Promise<void>
  /** Gives it back without a failure. */
  putBack(claimed: Claimed, seconds?: number): Promise<void>
  /**
   * Moves it back, never ahead; a node that has it loses it. Resolves with the version that it is at then, null where it has ended.
   */
  setBack(webhookId: string, to: ChatVersion & { head: number }): Promise<number | null>
  /** By id; without those that were never added. */
  states(webhookIds: readonly string[]): Promise<Map<string, DeliveryState>>
}

/** Longer than one delivery takes, with all its queries; renewed by each. */
const LEASE = '30 seconds'

export function createDeliveries(pool: Pool): Deliveries {
  /** Changes the row only where this node still holds the lease. */
  async function change({ webhookId, lease }: Claimed, set: string, values: readonly unknown[] = []): Promise<boolean> {
    const text = `update webhook_deliveries set ${set} where webhook_id = $1 and lease = $2`
    const { rowCount } = await pool.query(text, [webhookId, lease, ...values])
    return rowCount === 1
  }

  return {
    async begin(webhooks) {
      await pool.query(
        `insert into webhook_deliveries (webhook_id, chat_id, version, head)
         select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[]) on conflict do nothing`,
        [
          webhooks.map(({ webhookId }) => webhookId),
          webhooks.map(({ chatId }) => chatId),
          webhooks.map(({ version }) => version),
          webhooks.map(({ head }) => head),
        ],
      )
    },

    async advance(heads) {
      const { rowCount } = await pool.query({
        name: 'advance-webhook-heads',
        // Locked in one order, so that nodes which advance several at once do not deadlock.
        text: `with behind as (
                 select d.webhook_id, h.version from webhook_deliveries d
                 join unnest($1::uuid[], $2::integer[]) h(chat_id, version) on h.chat_id = d.chat_id
                 where d.active and d.head < h.version order by d.webhook_id for update of d
               )
               update webhook_deliveries d set head = behind.version from behind where d.webhook_id = behind.webhook_id`,
        values: [heads.map(({ chatId }) => chatId), heads.map(({ version }) => version)],
      })
      return (rowCount ?? 0) > 0
    },

    async end(webhookIds) {
      const text = 'update webhook_deliveries set active = false, lease = null where webhook_id = any($1::uuid[])'
      await pool.query(text, [webhookIds])
    },

    async claim(limit) {
      const { rows } = await pool.query<Claimed>({
        name: 'claim-webhooks',
        text: `with due as (
                 select webhook_id from webhook_deliveries where active and version < head and due_at <= now()
                 order by due_at limit $1 for update skip locked
               )
               update webhook_deliveries d set lease = gen_random_uuid(), due_at = now() + interval '${LEASE}'
               from due where d.webhook_id = due.webhook_id
               returning d.webhook_id as "webhookId", d.version, d.failures, d.lease`,
        values: [limit],
      })
      return rows
    },

    moveTo: (claimed, version, how) =>
      change(
        claimed,
        `version = $3, due_at = now() + interval '${LEASE}'` +
          (how === 'delivered' ? ', failures = 0, last_delivered_at = now()' : ''),
        [version],
      ),

    async failed(claimed, reason, seconds) {
      const set = `failures = failures + 1, last_failure = $3, last_failure_at = now(),
                   due_at = now() + make_interval(secs => $4), lease = null`
      await change(claimed, set, [reason, seconds])
    },

    async pause(claimed, reason, seconds) {
      const set = `last_failure = $3, last_failure_at = now(), due_at = now() + make_interval(secs => $4), lease = null`
      await change(claimed, set, [reason, seconds])
    },

    async putBack(claimed, seconds = 0) {
      await change(claimed, 'due_at = now() + make_interval(secs => $3), lease = null', [seconds])
    },

    async setBack(webhookId, { chatId, version, head }) {
      const { rows } = await pool.query<{ version: number }>(
        `insert into webhook_deliveries as d (webhook_id, chat_id, version, head) values ($1, $2, $3, $4)
         on conflict (webhook_id) do update set version = least(d.version, excluded.version),
           head = greatest(d.head, excluded.head), failures = 0, due_at = now(), lease = null
         where d.active returning d.version`,
        [webhookId, chatId, version, head],
      )
      return rows[0]?.version ?? null
    },

    async states(webhookIds) {
      const { rows } = await pool.query<StateRow>(
        `select *, active and failures > 0 as is_waiting from webhook_deliveries where webhook_id = any($1::uuid[])`,
        [webhookIds],
      )
      return new Map(rows.map((row) => [row.webhook_id, toState(row)]))
    },
  }
}

interface StateRow {
  webhook_id: string
  version: number
  failures: number
  last_failure: string | null
  last_failure_at: Date | null
  last_delivered_at: Date | null
  due_at: Date
  is_waiting: boolean
}

const toState = (row: StateRow): DeliveryState => ({
  deliveredUpTo: row.version,
  lastDeliveredAt: row.last_delivered_at?.toISOString() ?? null,
  failures: row.failures,
  lastFailure:
    row.last_failure === null || row.last_failure_at === null
      ? null
      : { at: row.last_failure_at.toISOString(), reason: row.last_failure },
  nextAttemptAt: row.is_waiting ? row.due_at.toISOString() : null,
})
