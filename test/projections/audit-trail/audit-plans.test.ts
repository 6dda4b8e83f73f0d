import { expect } from 'chai'
import pg from 'pg'
import type { AuditEntry, AuditFilter } from '../../../src/projections/audit-trail/audit-entry.js'
import { createAuditQueries, type AuditQueries } from '../../../src/projections/audit-trail/audit-queries.js'
import type { TableName } from '../../../src/projections/engine/projection.js'
import { explain, listeningPool, type Asked } from '../../support/explain.js'
import { NO_FILTER } from '../../../src/projections/audit-trail/audit-entry.js'
import { openAuditSide, type AuditSide } from './audit-side.js'

/** One a second. A tenth of them is of one user, and all of these are at the beginning. */
const ENTRIES = 50_000
/** Each with some fifty entries. */
const USERS = 1_000
const CHATS = 1_000
const CLIENTS = 10_000
const LIMIT = 50
/** Times are found to the minute; of a user or chat with few entries, all may be read and sorted. */
const MAX_ROWS = 2 * LIMIT + 60

const fields = ['event', 'userId', 'targetUserId', 'chatId', 'messageId'] as const
const combinations = Array.from({ length: 2 ** fields.length }, (_, mask) =>
  fields.filter((_field, index) => (mask & (1 << index)) !== 0),
)

const recordedAt = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString()

describe('with many entries in the audit trail', function () {
  this.timeout(240_000)
  let audit: AuditSide
  let pool: pg.Pool
  let queries: AuditQueries
  const asked: Asked[] = []
  /** In the middle, and with a value for each filter. */
  let deletion: AuditEntry

  before(async () => {
    audit = await openAuditSide()
    const { connectionString = '' } = audit.side.pool.options
    const patient = new pg.Pool({ connectionString }) // statements of a fill take longer than those of a server may
    await fill(patient, audit.open.table).finally(() => patient.end())
    pool = listeningPool(connectionString, (statement) => asked.push(statement))
    queries = createAuditQueries(pool, audit.open, audit.side.reader)
    const filter = { ...NO_FILTER, event: 'message_deleted', from: recordedAt(ENTRIES / 2) }
    const { items } = await queries.entries({ filter, order: 'asc', limit: 1, after: null })
    deletion = items[0]!
  })

  after(async () => {
    await pool.end()
    await audit[Symbol.asyncDispose]()
  })

  /** What a page reads of any table but the one row of the counter. */
  async function readsOf(filter: Partial<AuditFilter>, order: 'asc' | 'desc', after: number | null = null) {
    asked.length = 0
    const { items } = await queries.entries({ filter: { ...NO_FILTER, ...filter }, order, limit: LIMIT, after })
    expect(items).not.to.deep.equal([])
    const reads = await Promise.all([...asked].map((statement) => explain(pool, statement)))
    return reads.flat().filter(({ table }) => !table.startsWith('audit_counter'))
  }

  async function expectFew(filter: Partial<AuditFilter>): Promise<void> {
    for (const order of ['asc', 'desc'] as const)
      for (const after of [null, deletion.ordinal + (order === 'asc' ? -1 : 1)]) {
        const reads = await readsOf(filter, order, after)
        const wrong = reads.filter(({ how, rows }) => how === 'Seq Scan' || rows > MAX_ROWS)
        expect(wrong, `${JSON.stringify(filter)} ${order} ${String(after)}`).to.deep.equal([])
      }
  }

  for (const given of combinations)
    it(`${given.length === 0 ? 'no filter' : given.join(', ')}: an index gives the page, with and without times`, async () => {
      const filter = Object.fromEntries(given.map((field) => [field, deletion[field]]))
      const times = { from: recordedAt(ENTRIES / 4), to: recordedAt((ENTRIES * 3) / 4) }
      await expectFew(filter)
      await expectFew({ ...filter, ...times })
    })

  it('the newest of someone whose entries are all old: no other entries are read', async () => {
    const { rows } = await pool.query<{ id: string }>(`select md5('old')::uuid as id`)
    for (const order of ['asc', 'desc'] as const)
      for (const { rows: count, how } of await readsOf({ userId: rows[0]!.id }, order)) {
        expect(count).to.be.at.most(LIMIT + 1)
        expect(how).to.not.equal('Seq Scan')
      }
  })

  it('twenty seconds long ago: no more than a minute beside it is read', async () => {
    const moment = { from: recordedAt(3_630), to: recordedAt(3_650) }
    for (const order of ['asc', 'desc'] as const)
      for (const { rows } of await readsOf(moment, order)) expect(rows).to.be.at.most(60 + 1)
  })
})

/** As the projection would, only faster. */
async function fill(pool: pg.Pool, table: TableName): Promise<void> {
  const one = (kind: string, count: number): string =>
    `md5('${kind}' || abs(hashint4(n + ${kind.length})) % ${count})::uuid`
  await pool.query(`
    insert into ${table('audit_entries')}
      (ordinal, at, event, user_id, target_user_id, chat_id, message_id, client, position, correlation_id, details)
    select n, timestamptz '2026-01-01Z' + n * interval '1 second',
      case n % 20 when 0 then 'message_deleted' when 1 then 'reaction_added' when 2 then 'profile_changed' else 'message_sent' end,
      case when n <= ${ENTRIES / 10} then md5('old')::uuid else ${one('user', USERS)} end,
      case n % 20 when 0 then ${one('target', USERS)} end,
      case when n % 20 <> 2 then ${one('c', CHATS)} end,
      case when n % 20 <> 2 then md5('m' || n / 10)::uuid end,
      'nonce ' || n % ${CLIENTS}, 'log.' || n, 'c' || n, '{"seq":1}'
    from generate_series(1, ${ENTRIES}) n;
    insert into ${table('audit_clients')} select 'nonce ' || n, 'user/none', 'box', 'context' from generate_series(0, ${CLIENTS - 1}) n;
    insert into ${table('audit_subjects')}
    select 'target_user_id', target_user_id, ordinal + 2 from ${table('audit_entries')} where target_user_id is not null
    union all select 'chat_id', chat_id, ordinal from ${table('audit_entries')} where event = 'reaction_added';
    insert into ${table('audit_minutes')} select date_trunc('minute', at), min(ordinal) from ${table('audit_entries')} group by 1;
    update ${table('audit_counter')} set ordinal = ${ENTRIES}, latest = (select max(at) from ${table('audit_entries')});
    analyze`)
}
