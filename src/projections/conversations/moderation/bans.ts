import type { Role } from '../../../domain/chat/events.js'
import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'
import { toPaged, type AtVersion, type Bans, type Cursor } from '../query-results.js'
import { userRefJson } from '../users/join-user.js'
import type { BanView } from '../views.js'
import { MAX_VERSION, ownChat } from '../visibility/visible-spans.js'

/** Who is banned now, each by the version of the event that banned them. */
export const bansPart = {
  tables: ['bans'],
  schema: (table: TableName): string => `
    create table ${table('bans')} (
      chat_id uuid not null,
      user_id uuid not null,
      version integer not null,
      by_id uuid not null,
      at timestamptz not null,
      reason text,
      reason_by uuid,
      primary key (chat_id, user_id)
    );
    create unique index on ${table('bans')} (chat_id, version);`,
  apply: { ParticipantBanned: ban, ParticipantUnbanned: unban, BanReasonGiven: setReason, UserErased: eraseReasons },
} satisfies Part

async function ban(
  { event: { userId, by }, chatId, version, at }: Placed<'ParticipantBanned'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  const text = `insert into ${table('bans')} (chat_id, user_id, version, by_id, at) values ($1, $2, $3, $4, $5)`
  await tx.query(text, [chatId, userId, version, by, at])
}

async function unban({ event, chatId }: Placed<'ParticipantUnbanned'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(`delete from ${table('bans')} where chat_id = $1 and user_id = $2`, [chatId, event.userId])
}

/** The last one given counts; nothing where the ban has ended meanwhile. */
async function setReason(
  { event: { userId, reason, by }, chatId }: Placed<'BanReasonGiven'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  const text = `update ${table('bans')} set reason = $3, reason_by = $4 where chat_id = $1 and user_id = $2`
  await tx.query(text, [chatId, userId, reason, by])
}

async function eraseReasons({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(`update ${table('bans')} set reason = null where reason_by = $1`, [event.userId])
}

interface BanRow extends Omit<BanView, 'at'> {
  at: Instant
  version: number
}

export const banQueries = ({ pool, table }: QueryContext) => ({
  /** The latest first; null for an outsider. */
  async bans(chatId: string, viewer: string, limit: number, after: Cursor | null): Promise<AtVersion<Bans> | null> {
    const { rows } = await pool.query<{ version: number; role: Role; bans: BanRow[] }>({
      name: `page ${table('bans')}`,
      text: `select c.version, me.role, (
               select coalesce(json_agg(page order by page.version desc), '[]') from (
                 select ${userRefJson(table, 'b.user_id')} as person, ${userRefJson(table, 'b.by_id')} as by,
                   ${instant('b.at')} as at, b.reason, b.version
                 from ${table('bans')} b where b.chat_id = c.id and b.version < $3
                 order by b.version desc limit $4) page) as bans
             from ${ownChat(table)}`,
      values: [chatId, viewer, after ?? MAX_VERSION, limit + 1],
    })
    const [row] = rows
    if (row === undefined) return null
    const page = toPaged(row.bans, limit, toBan, ({ version }) => String(version))
    return { version: row.version, answer: { ...page, role: row.role } }
  },
})

const toBan = ({ person, by, at, reason }: BanRow): BanView => ({ person, by, at: toIso(at), reason })
