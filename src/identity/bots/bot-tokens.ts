import type { Pool } from 'pg'
import { hashOf, newSecretToken } from '../secret-token.js'
import type { Claims } from '../sessions/tokens.js'
import { inTransaction } from '../../postgres/transaction.js'

/** By which the server, and scanners for leaked secrets, recognise one. */
const PREFIX = 'parley_bot_'

/** Of one bot, while they last. */
export const MAX_BOT_TOKENS = 20

export const isBotToken = (token: string): boolean => token.startsWith(PREFIX)

export interface BotTokenView {
  id: string
  /** The only chats in which it is good; sorted. */
  chatIds: string[]
  createdAt: string
  expiresAt: string
}

/** The bot that a token stands for, and where it is valid; `sessionId` is the token's id. */
export interface BotClaims extends Claims {
  ownerId: string
  chatIds: ReadonlySet<string>
}

/** Calls with an `OwnBot` return null where the owner has no such bot. */
export interface BotTokens {
  /** The only call that returns the token; what is stored is its hash. */
  create(
    bot: OwnBot,
    chatIds: readonly string[],
    expiresInSeconds: number,
  ): Promise<(BotTokenView & { token: string }) | 'too-many' | null>
  /** Those that have not expired, the newest first. */
  list(bot: OwnBot): Promise<BotTokenView[] | null>
  /** False where the bot has no such token. */
  remove(bot: OwnBot, tokenId: string): Promise<boolean | null>
  /** As the rows have it at this moment, expired or not. */
  find(token: string): Promise<BotClaims | null>
  /** Deletes all tokens of a user's bots; of a bot, its own. */
  endAll(userId: string): Promise<void>
  /** Unbinds a chat from all tokens of a user's bots, or of a bot; a token without any chat left is deleted. */
  unbind(userId: string, chatId: string): Promise<void>
}

export interface OwnBot {
  botId: string
  ownerId: string
}

interface BotTokenDeps {
  pool: Pool
  newId: () => string
  clock: () => Date
}

interface Row {
  id: string
  chat_ids: string[]
  created_at: Date
  expires_at: Date
}

/** Of the user $1, or the bot $1 itself. */
export const BOTS_OF = '(select id from bots where owner_id = $1 or id = $1)'
const IS_OWN = 'id = $1 and owner_id = $2 and deleted_at is null'

export function createBotTokens({ pool, newId, clock }: BotTokenDeps): BotTokens {
  async function isOwn({ botId, ownerId }: OwnBot): Promise<boolean> {
    const { rowCount } = await pool.query(`select from bots where ${IS_OWN}`, [botId, ownerId])
    return rowCount === 1
  }

  return {
    create: ({ botId, ownerId }, given, expiresInSeconds) =>
      inTransaction(pool, async (tx) => {
        // The lock makes tokens of one bot come one after another, and none after it is gone.
        const own = await tx.query(`select from bots where ${IS_OWN} for update`, [botId, ownerId])
        if (own.rowCount === 0) return null
        const now = clock()
        const live = await tx.query('select from bot_tokens where bot_id = $1 and expires_at > $2', [botId, now])
        if ((live.rowCount ?? 0) >= MAX_BOT_TOKENS) return 'too-many'
        const token = PREFIX + newSecretToken()
        const expiresAt = new Date(now.getTime() + expiresInSeconds * 1_000)
        const [id, chatIds] = [newId(), [...new Set(given)].sort()]
        await tx.query(
          'insert into bot_tokens (id, hash, bot_id, chat_ids, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)',
          [id, hashOf(token), botId, chatIds, now, expiresAt],
        )
        return { ...toView({ id, chat_ids: chatIds, created_at: now, expires_at: expiresAt }), token }
      }),

    async list(bot) {
      if (!(await isOwn(bot))) return null
      const { rows } = await pool.query<Row>(
        `select id, chat_ids, created_at, expires_at from bot_tokens where bot_id = $1 and expires_at > $2
         order by created_at desc, id`,
        [bot.botId, clock()],
      )
      return rows.map(toView)
    },

    async remove(bot, tokenId) {
      if (!(await isOwn(bot))) return null
      const { rowCount } = await pool.query('delete from bot_tokens where bot_id = $1 and id = $2', [
        bot.botId,
        tokenId,
      ])
      return rowCount === 1
    },

    async find(token) {
      const { rows } = await pool.query<Row & { bot_id: string; owner_id: string }>(
        `select t.id, t.chat_ids, t.created_at, t.expires_at, t.bot_id, b.owner_id
         from bot_tokens t join bots b on b.id = t.bot_id where t.hash = $1`,
        [hashOf(token)],
      )
      const [row] = rows
      return row === undefined ? null : { ...toClaims(row), ownerId: row.owner_id, userId: row.bot_id }
    },

    async endAll(userId) {
      await pool.query(`delete from bot_tokens where bot_id in ${BOTS_OF}`, [userId])
    },

    unbind: (userId, chatId) =>
      inTransaction(pool, async (tx) => {
        await tx.query(
          `update bot_tokens set chat_ids = array_remove(chat_ids, $2::uuid)
           where bot_id in ${BOTS_OF} and $2::uuid = any(chat_ids)`,
          [userId, chatId],
        )
        await tx.query(`delete from bot_tokens where bot_id in ${BOTS_OF} and chat_ids = '{}'`, [userId])
      }),
  }
}

const toView = ({ id, chat_ids: chatIds, created_at, expires_at }: Row): BotTokenView => ({
  id,
  chatIds,
  createdAt: created_at.toISOString(),
  expiresAt: expires_at.toISOString(),
})

/** A bot has no role, whatever anyone gave its user. */
const toClaims = ({ id, chat_ids, created_at, expires_at }: Row) => ({
  sessionId: id,
  roles: [],
  generation: 0,
  authTime: created_at,
  expiresAt: expires_at,
  chatIds: new Set(chat_ids),
})
