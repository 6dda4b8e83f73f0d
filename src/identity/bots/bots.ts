import type { Pool } from 'pg'
import type { Caller, ResultOf, RunCommand } from '../../commands/run-command.js'
import { idOf } from '../../domain/streams.js'
import { inTransaction } from '../../postgres/transaction.js'

/** Of one owner. */
export const MAX_BOTS = 20

export interface BotView {
  id: string
  ownerId: string
  createdAt: string
  /** Tokens that have not expired. */
  tokenCount: number
}

type Registered = Exclude<ResultOf<'registerBot'>, { kind: 'rejected' }>

/**
 * A bot is a user in the log and a row here, without which it has no tokens. The user comes first: one without a row, as a
 * crash leaves it, can do nothing, and a repeat gives it the row.
 */
export interface Bots {
  create(name: string, caller: Caller): Promise<{ bot: BotView; result: Registered } | { code: string }>
  /** In the order in which they were made. */
  of(ownerId: string): Promise<BotView[]>
  /** Takes its tokens from it, for good. */
  remove(botId: string): Promise<void>
}

const TOO_MANY = { code: 'too-many-bots' } as const

/** $2 is the time by which tokens have expired. */
const COLUMNS = `id, owner_id as "ownerId", created_at as "createdAt",
  (select count(*)::integer from bot_tokens t where t.bot_id = bots.id and t.expires_at > $2) as "tokenCount"`
type Row = Omit<BotView, 'createdAt'> & { createdAt: Date }

export function createBots({ pool, run, clock }: { pool: Pool; run: RunCommand; clock: () => Date }): Bots {
  const of: Bots['of'] = async (ownerId) => {
    const { rows } = await pool.query<Row>(
      `select ${COLUMNS} from bots where owner_id = $1 and deleted_at is null order by created_at, id`,
      [ownerId, clock()],
    )
    return rows.map(toView)
  }

  /** Null where the owner has as many as they may; one that is there already stays as it is. */
  const insert = (botId: string, ownerId: string): Promise<BotView | null> =>
    inTransaction(pool, async (tx) => {
      // The lock makes bots of one owner come one after another.
      await tx.query('select from credentials where user_id = $1 for update', [ownerId])
      await tx.query(
        `insert into bots (id, owner_id, created_at) select $1, $2, $3
         where (select count(*) from bots where owner_id = $2 and deleted_at is null) < $4 on conflict (id) do nothing`,
        [botId, ownerId, clock(), MAX_BOTS],
      )
      const { rows } = await tx.query<Row>(`select ${COLUMNS} from bots where id = $1`, [botId, clock()])
      return rows[0] === undefined ? null : toView(rows[0])
    })

  return {
    of,

    async create(name, caller) {
      const isFull = (await of(caller.userId)).length >= MAX_BOTS
      if (isFull && caller.key === null) return TOO_MANY
      const result = await run('registerBot', { name }, isFull ? { ...caller, onlyRepeat: true } : caller)
      if (result.kind === 'rejected') return result.rejection.code === 'not-a-repeat' ? TOO_MANY : result.rejection
      const bot = await insert(idOf(result.stream), caller.userId)
      return bot === null ? TOO_MANY : { bot, result }
    },

    remove: (botId) =>
      inTransaction(pool, async (tx) => {
        await tx.query('update bots set deleted_at = coalesce(deleted_at, $2) where id = $1', [botId, clock()])
        await tx.query('delete from bot_tokens where bot_id = $1', [botId])
      }),
  }
}

const toView = ({ createdAt, ...bot }: Row): BotView => ({ ...bot, createdAt: createdAt.toISOString() })
