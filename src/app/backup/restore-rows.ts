import { escapeIdentifier, type Pool } from 'pg'
import type { BackupLine, Row } from '../../backup/backup-lines.js'
import { readBackup } from '../../backup/read-backup.js'
import { createRowCipher } from '../../backup/row-cipher.js'
import { backupTables } from '../../backup/tables.js'
import { chatStream, userStream } from '../../domain/streams.js'
import type { EventLog } from '../../eventstore/event-log.js'
import type { CheckedRestore } from './restore-request.js'

interface Target {
  main: Pool
  log: Pick<EventLog, 'readStream'>
}

const BATCH = 500

/**
 * Accounts, deliveries and checkpoints, as far as the restored part of the log knows of them. All sessions end: their revocations are
 * appended to the log when the restored installation is opened.
 */
export async function restoreRows(restore: CheckedRestore, target: Target): Promise<void> {
  const { rowKey, backupId } = restore.keysHeader
  const cipher = createRowCipher(rowKey, backupId)
  const batches = new Map<string, Row[]>()

  async function add(table: string, row: Row | null): Promise<void> {
    if (row === null) return
    const batch = batches.get(table) ?? []
    batches.set(table, batch)
    if (batch.push(row) < BATCH) return
    await insert(target.main, table, batch.splice(0))
  }

  for await (const line of readBackup(restore.file)) {
    const found = rowIn(line as BackupLine, restore.events)
    if (found === null) continue
    const [table, row] = found
    const plain = typeof row === 'string' ? cipher.open(table, row) : row
    await add(table, await fitted(table, plain, restore, target))
  }
  for (const table of INSERTED) await insert(target.main, table, batches.get(table) ?? [])
  await endSessions(target.main)
}

/** Referenced rows before those that refer to them. */
const INSERTED = ['audit_checkpoints', 'audit_anchors', ...backupTables.map(({ table }) => table)]

/** The table, and its row or the encrypted one; null for what is no row, or is later than what is restored. */
function rowIn(line: BackupLine, events: number): [string, Row | string] | null {
  if ('checkpoint' in line) {
    const { ordinal, hash, treeHead, at, kid, signature } = line.checkpoint
    if (ordinal > events) return null
    const bytes = { hash: `\\x${hash}`, tree_head: `\\x${treeHead}`, signature: `\\x${signature}` }
    return ['audit_checkpoints', { ordinal, at, kid, ...bytes }]
  }
  if ('anchor' in line) {
    const { ordinal, target, at, proof } = line.anchor
    const bytes = proof === null ? null : `\\x${Buffer.from(proof, 'base64').toString('hex')}`
    return ordinal > events ? null : ['audit_anchors', { ordinal, target, at, proof: bytes }]
  }
  if ('row' in line) return [line.table, line.row]
  return 'sealed' in line ? [line.table, line.sealed] : null
}

/** The row as the restored part of the log allows it; null where that does not know of it. */
async function fitted(
  table: string,
  row: Row,
  { events, backup }: CheckedRestore,
  { log }: Target,
): Promise<Row | null> {
  const versionOf = async (stream: string): Promise<number> =>
    (await log.readStream(stream, { backwards: true, limit: 1 }))[0]?.version ?? 0
  switch (table) {
    case 'credentials': {
      const isBeingRegistered = row['status'] === 'pending' && events === backup.events
      return isBeingRegistered || (await versionOf(userStream(String(row['user_id'])))) > 0 ? row : null
    }
    case 'webhook_deliveries': {
      const last = await versionOf(chatStream(String(row['chat_id'])))
      const version = Math.min(Number(row['version']), last)
      return { ...row, version, head: Math.min(Number(row['head']), last), lease: null }
    }
    case 'link_preview_jobs':
      return Number(row['version']) <= (await versionOf(String(row['stream']))) ? row : null
    default:
      return row
  }
}

/** What a row refers to, and may be missing. */
const REFERENCES: Readonly<Record<string, string>> = {
  sessions: 'exists (select from credentials c where c.user_id = r.user_id)',
  bots: 'exists (select from credentials c where c.user_id = r.owner_id)',
  bot_tokens: 'exists (select from bots b where b.id = r.bot_id)',
}

/** Rows of an earlier run stay as they are. */
async function insert(main: Pool, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first).map(escapeIdentifier).join(', ')
  await main.query(
    `insert into public.${table} (${columns}) select ${columns} from json_populate_recordset(null::public.${table}, $1) r
     where ${REFERENCES[table] ?? 'true'} on conflict do nothing`,
    [JSON.stringify(rows)],
  )
}

/** Also those whose end the log may not know. */
const endSessions = (main: Pool) =>
  main.query(
    `update sessions set revoked_at = coalesce(revoked_at, now()), revoked_reason = coalesce(revoked_reason, 'revoked'),
       revoked_by = coalesce(revoked_by, user_id), ip = null, user_agent = null, opened_in_log = true, revoked_in_log = false`,
  )
