import { createPublicKey, randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { FIRST_HASH, hashEntry } from '../../src/audit/chain/chain-entry.js'
import { entriesAfter } from '../../src/audit/chain/entry-table.js'
import { checkExport } from '../../src/audit/export/check-export.js'
import { exportChain } from '../../src/audit/export/export-chain.js'
import type { Divergence, DivergenceReason } from '../../src/audit/verification/divergence.js'
import { startAuditedApp, type AuditedApp } from './audited-app.js'
import { checkIndependently } from './independent-checker.js'
import { rewriteChain } from './rewrite-chain.js'

/** `right`, or the place at which both checkers of an export stop: an entry, a checkpoint, or an end that is not signed. */
type ExportFinding = 'right' | `entry ${number}` | `checkpoint ${number}` | 'complete only up to'

interface Tampering {
  what: string
  tamper(): string[] | Promise<string[]>
  /** From the log, and from the tables alone. */
  log: Divergence | null
  table: Divergence | null
  exported: ExportFinding
}

/** The entries are always these, so that each case can name them: the log's opening, a user, a chat and messages. */
const FIRST_SIGNED = 5
const AT = 7
const TOTAL = 12

const at = (ordinal: number, reason: DivergenceReason): Divergence => ({ ordinal, reason })
const TABLES = ['audit_checkpoints', 'audit_tree', 'audit_chain', 'events']

describe('each kind of tampering, as verification and the independent checker of exports find it', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let publicKey: string

  const pool = () => audited.parley.app.core.databases.main

  before(async () => {
    audited = await startAuditedApp({ auditCheckpointSeconds: 86_400 })
    for (let total = await audited.chained(); total < TOTAL; total = await audited.chained()) {
      if (total === FIRST_SIGNED) await audited.parley.app.core.chain.sign()
      await audited.send(`message ${total}`)
    }
    await audited.parley.app.core.chain.sign()
    publicKey = audited.parley.app.core.chain.keys.list[0]!.publicKey
    await audited.tamper(...TABLES.map((table) => `create table original_${table} as table ${table}`))
  })
  after(() => audited[Symbol.asyncDispose]())

  afterEach(() =>
    audited.tamper(
      ...TABLES.map((table) => `delete from ${table}`),
      ...TABLES.toReversed().map((table) => `insert into ${table} table original_${table}`),
    ),
  )

  const close = (table: string, column: string): string[] => [
    `update ${table} set ${column} = -${column} where ${column} > ${AT}`,
    `update ${table} set ${column} = -${column} - 1 where ${column} < 0`,
  ]
  const makeRoom = (table: string, column: string): string[] => [
    `update ${table} set ${column} = -${column} where ${column} >= ${AT}`,
    `update ${table} set ${column} = -${column} + 1 where ${column} < 0`,
  ]
  const swap = (table: string, column: string): string[] => [
    `update ${table} set ${column} = -1 where ${column} = ${AT}`,
    `update ${table} set ${column} = ${AT} where ${column} = ${AT + 1}`,
    `update ${table} set ${column} = ${AT + 1} where ${column} = -1`,
  ]
  const inserted = (hash = 'hash'): string => `insert into audit_chain
    select ${AT}, stream, version + 100, '${randomUUID()}', type, at, data_digest, metadata_digest, ${hash}, true
    from audit_chain where ordinal = ${AT + 1}`
  const altered = `update audit_chain set at = '2020-01-01T00:00:00.000Z' where ordinal = ${AT}`
  const truncated = [
    `delete from audit_chain where ordinal >= ${AT}`,
    `delete from audit_tree where last_leaf >= ${AT}`,
  ]

  /** Computes all hashes again for the rows as they are then, as anyone with the database can. */
  async function rehashed(): Promise<string[]> {
    let previous = FIRST_HASH
    return (await entriesAfter(pool(), 0, 100)).map((row) => {
      previous = hashEntry(previous, row)
      return `update audit_chain set hash = '\\x${previous}' where ordinal = ${row.ordinal}`
    })
  }

  const kinds: Tampering[] = [
    { what: 'nothing', tamper: () => [], log: null, table: null, exported: 'right' },
    {
      what: 'an altered row',
      tamper: () => [altered],
      ...{ log: at(AT, 'entry-altered'), table: at(AT, 'entry-altered'), exported: `entry ${AT}` },
    },
    {
      what: 'an altered row, after which all hashes were computed again',
      async tamper() {
        await audited.tamper(altered)
        return rehashed()
      },
      ...{ log: at(AT, 'entry-altered'), table: at(8, 'tree-altered'), exported: `checkpoint ${TOTAL}` },
    },
    {
      what: 'an altered row, after which hashes and tree were computed again',
      async tamper() {
        const events = await audited.events()
        return rewriteChain(events.with(AT - 1, { ...events[AT - 1]!, type: 'MessageEdited' }))
      },
      ...{ log: at(AT, 'entry-altered'), table: at(TOTAL, 'checkpoint-contradicted'), exported: `checkpoint ${TOTAL}` },
    },
    {
      what: 'a removed row',
      tamper: () => [`delete from audit_chain where ordinal = ${AT}`],
      ...{ log: at(AT, 'entry-removed'), table: at(AT, 'entry-removed'), exported: `entry ${AT + 1}` },
    },
    {
      what: 'a removed row whose gap was closed',
      tamper: () => [`delete from audit_chain where ordinal = ${AT}`, ...close('audit_chain', 'ordinal')],
      ...{ log: at(AT, 'entry-removed'), table: at(AT, 'entry-altered'), exported: `entry ${AT}` },
    },
    {
      what: 'an inserted row',
      tamper: () => [...makeRoom('audit_chain', 'ordinal'), inserted()],
      ...{ log: at(AT, 'entry-inserted'), table: at(AT, 'entry-inserted'), exported: `entry ${AT}` },
    },
    {
      what: 'an inserted row with the right hash',
      async tamper() {
        await audited.tamper(...makeRoom('audit_chain', 'ordinal'), inserted())
        const [before, row] = await entriesAfter(pool(), AT - 2, 2)
        return [`update audit_chain set hash = '\\x${hashEntry(before!.hash, row!)}' where ordinal = ${AT}`]
      },
      ...{ log: at(AT, 'entry-inserted'), table: at(AT + 1, 'entry-altered'), exported: `entry ${AT + 1}` },
    },
    {
      what: 'two swapped rows',
      tamper: () => swap('audit_chain', 'ordinal'),
      ...{ log: at(AT, 'entries-swapped'), table: at(AT, 'entries-swapped'), exported: `entry ${AT}` },
    },
    {
      what: 'a truncated tail',
      tamper: () => truncated,
      ...{ log: at(AT, 'entry-removed'), table: at(AT, 'entry-removed'), exported: 'complete only up to' },
    },
    {
      what: 'a truncated tail without the checkpoint that covers it',
      tamper: () => [...truncated, `delete from audit_checkpoints where ordinal = ${TOTAL}`],
      ...{ log: at(AT, 'entry-removed'), table: null, exported: 'right' },
    },
    {
      what: 'a forged checkpoint',
      tamper: () => [`update audit_checkpoints set at = '2020-01-01T00:00:00.000Z' where ordinal = ${TOTAL}`],
      ...{ log: at(TOTAL, 'checkpoint-forged'), table: at(TOTAL, 'checkpoint-forged') },
      exported: `checkpoint ${TOTAL}`,
    },
    {
      what: 'an altered event',
      tamper: () => [`update events set data = replace(data, '{', '{ ') where "position" = ${AT}`],
      ...{ log: at(AT, 'event-altered'), table: null, exported: 'right' },
    },
    {
      what: 'a removed event',
      tamper: () => [`delete from events where "position" = ${AT}`],
      ...{ log: at(AT, 'event-removed'), table: null, exported: 'right' },
    },
    {
      what: 'an inserted event',
      tamper: () => [
        ...makeRoom('events', '"position"'),
        `insert into events select ${AT}, stream, 100, '${randomUUID()}', type, data, metadata from events where "position" = ${AT - 1}`,
      ],
      ...{ log: at(AT, 'event-inserted'), table: null, exported: 'right' },
    },
    {
      what: 'two swapped events',
      tamper: () => swap('events', '"position"'),
      ...{ log: at(AT, 'events-swapped'), table: null, exported: 'right' },
    },
    {
      what: 'a truncated log',
      tamper: () => [`delete from events where "position" >= ${AT}`],
      ...{ log: at(AT, 'event-removed'), table: null, exported: 'right' },
    },
  ]

  /** What both checkers find in an export of the tables as they are. */
  async function checkExported(): Promise<string> {
    const [last] = (await pool().query<{ ordinal: string }>('select max(ordinal) as ordinal from audit_checkpoints'))
      .rows
    const lines: string[] = []
    for await (const line of exportChain(pool(), Number(last!.ordinal))) lines.push(JSON.stringify(line))
    const found = await checkExport(eachOf(lines), [createPublicKey(publicKey)])
    const printed = await checkIndependently(`${lines.join('\n')}\n`, publicKey)
    expect(printed.startsWith('right'), `${printed} / ${JSON.stringify(found)}`).to.equal(found.ok)
    const ordinal = found.firstDivergence?.ordinal
    if (ordinal != null) expect(printed).to.match(new RegExp(` ${ordinal};`))
    return /right|(entry|checkpoint) \d+|complete only up to/.exec(printed)?.[0] ?? printed
  }

  for (const { what, tamper, log, table, exported } of kinds)
    it(what, async () => {
      await audited.tamper(...(await tamper()))
      expect((await audited.verify('log')).firstDivergence, 'log').to.deep.equal(log)
      expect((await audited.verify('table')).firstDivergence, 'table').to.deep.equal(table)
      expect(await checkExported(), 'export').to.equal(exported)
    })
})

async function* eachOf(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line)
}
