import type { RecordedEvent } from '../../eventstore/event-log.js'
import type { Projection } from '../../projections/engine/projection.js'
import { readChainHead } from './chain-head.js'
import { chainRows, type ChainRow } from './chain-rows.js'

export const CHAIN = { name: 'audit_chain', version: 1 } as const

/** One statement for each batch; entries and nodes are JSON. */
const INSERT = `
  with entries as (
    insert into public.audit_chain (ordinal, stream, version, id, type, at, data_digest, metadata_digest, hash, is_authentic)
    select ordinal, stream, version, id, type, at, decode("dataDigest", 'hex'), decode("metadataDigest", 'hex'), decode(hash, 'hex'), "isAuthentic"
    from json_to_recordset($1) as row(ordinal bigint, stream text, version int, id uuid, type text, at text, "dataDigest" text,
      "metadataDigest" text, hash text, "isAuthentic" boolean)
  )
  insert into public.audit_tree (last_leaf, level, hash)
  select "lastLeaf", level, decode(hash, 'hex') from json_to_recordset($2) as row("lastLeaf" bigint, level int, hash text)`

export interface ChainDeps {
  /** Whether the MAC of an event is right. */
  isAuthentic(event: RecordedEvent): boolean
  /** An event whose MAC is wrong was entered, as any other: the chain has what the log has. */
  onForged(entry: ChainRow): void
}

/**
 * Follows the log as projections do, with their lease and checkpoint, so that each event is entered once. Its tables are made by
 * migrations, belong to their owner, and are never built again: no operator's command reaches it.
 */
export const createChainFollower = ({ isAuthentic, onForged }: ChainDeps): Projection => ({
  ...CHAIN,
  neverSkips: 'its entries would no longer be the events of the log',
  neverStops: 'checkpoints and verification rely on it',
  tables: [],
  schema: () => '',
  async apply(batch, tx) {
    const { entries, nodes } = chainRows(await readChainHead(tx), batch, isAuthentic)
    await tx.query({
      name: 'append-audit-chain',
      text: INSERT,
      values: [JSON.stringify(entries), JSON.stringify(nodes)],
    })
    entries.filter((entry) => !entry.isAuthentic).forEach(onForged)
  },
})
