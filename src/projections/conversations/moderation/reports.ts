import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/** Texts are null where the key of whoever wrote them was destroyed. */
export const reportsPart = {
  tables: ['reports'],
  schema: (table: TableName): string => `
    create table ${table('reports')} (
      id uuid primary key,
      chat_id uuid not null,
      message_id uuid not null,
      reporter_id uuid not null,
      reason text,
      created_at timestamptz not null,
      outcome text,
      settled_by uuid,
      settled_at timestamptz
    );
    create index on ${table('reports')} (message_id, reporter_id, created_at);
    create index on ${table('reports')} (created_at, id);
    create index on ${table('reports')} (created_at, id) where settled_at is null;
    create index on ${table('reports')} (created_at, id) where settled_at is not null;`,
  apply: { MessageReported: insertReport, ReportSettled: settleReport, UserErased: eraseTexts },
} satisfies Part

async function insertReport(
  { event: { reportId, messageId, reporterId, reason }, chatId, at }: Placed<'MessageReported'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query(
    `insert into ${table('reports')} (id, chat_id, message_id, reporter_id, reason, created_at) values ($1, $2, $3, $4, $5, $6)`,
    [reportId, chatId, messageId, reporterId, reason, at],
  )
}

async function settleReport(
  { event: { reportId, by, outcome }, at }: Placed<'ReportSettled'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  const text = `update ${table('reports')} set outcome = $2, settled_by = $3, settled_at = $4 where id = $1`
  await tx.query(text, [reportId, outcome, by, at])
}

async function eraseTexts({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(`update ${table('reports')} set reason = null where reporter_id = $1`, [event.userId])
  await tx.query(`update ${table('reports')} set outcome = null where settled_by = $1`, [event.userId])
}
