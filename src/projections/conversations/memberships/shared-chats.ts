import type { Pool } from 'pg'
import type { OpenProjection } from '../../engine/open-projection.js'
import { perGeneration } from '../../engine/per-generation.js'

/** Those among `userIds` who take part in a chat together with the user now. */
export const createUsersSharingChat = (pool: Pool, open: OpenProjection) =>
  perGeneration(pool, open, ({ table }) => ({
    usersSharingChat: async (userId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> => {
      const { rows } = await pool.query<{ user_id: string }>({
        name: `sharing ${table('memberships')}`,
        text: `select other.user_id from unnest($2::uuid[]) as other(user_id)
             where exists (
               select from ${table('memberships')} mine
               join ${table('memberships')} theirs on theirs.chat_id = mine.chat_id and theirs.to_version is null
               where mine.user_id = $1 and mine.to_version is null and theirs.user_id = other.user_id)`,
        values: [userId, userIds],
      })
      return new Set(rows.map((row) => row.user_id))
    },
  })).usersSharingChat
