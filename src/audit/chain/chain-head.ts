import type { ClientBase, Pool } from 'pg'
import type { Subtree } from '../merkle/subtrees.js'
import { FIRST_HASH } from './chain-entry.js'

/** The last entry, and the complete subtrees that hold all entries up to it, largest first. */
export interface ChainHead {
  ordinal: number
  hash: string
  peaks: Subtree[]
}

/** The peaks of a tree of n leaves are one for each 1 in the binary form of n; a leaf is the entry itself. */
const HEAD = `
  select h.ordinal, encode(h.hash, 'hex') as hash, p.level, h.ordinal >> p.level << p.level as "lastLeaf",
    encode(coalesce(t.hash, h.hash), 'hex') as peak
  from (select ordinal, hash from public.audit_chain order by ordinal desc limit 1) h
  cross join generate_series(62, 0, -1) as p (level)
  left join public.audit_tree t on t.last_leaf = h.ordinal >> p.level << p.level and t.level = p.level
  where h.ordinal >> p.level & 1 = 1
  order by p.level desc`

interface Row {
  /** Bigints. */
  ordinal: string
  lastLeaf: string
  hash: string
  level: number
  peak: string
}

export async function readChainHead(db: Pool | ClientBase): Promise<ChainHead> {
  const { rows } = await db.query<Row>({ name: 'audit-chain-head', text: HEAD })
  const [first] = rows
  return {
    ordinal: Number(first?.ordinal ?? 0),
    hash: first?.hash ?? FIRST_HASH,
    peaks: rows.map(({ lastLeaf, level, peak }) => ({ lastLeaf: Number(lastLeaf), level, hash: peak })),
  }
}
