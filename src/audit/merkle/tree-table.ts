import type { ClientBase, Pool } from 'pg'
import type { Subtree, SubtreeId } from './subtrees.js'

/** A node of the stored tree is not there: the tables were changed. */
export class MissingNodeError extends Error {
  override readonly name = 'MissingNodeError'
}

/** The subtrees in the order of the ids; of leaves, these are the hashes of the entries. @throws MissingNodeError */
export async function readSubtrees(db: Pool | ClientBase, ids: readonly SubtreeId[]): Promise<Subtree[]> {
  const { rows } = await db.query<{ hash: string | null }>({
    name: 'audit-subtrees',
    text: `select encode(coalesce(t.hash, c.hash), 'hex') as hash
           from unnest($1::bigint[], $2::int[]) with ordinality as wanted (last_leaf, level, place)
           left join public.audit_tree t on t.last_leaf = wanted.last_leaf and t.level = wanted.level
           left join public.audit_chain c on wanted.level = 0 and c.ordinal = wanted.last_leaf
           order by place`,
    values: [ids.map(({ lastLeaf }) => lastLeaf), ids.map(({ level }) => level)],
  })
  return ids.map((id, index) => {
    const hash = rows[index]?.hash ?? null
    if (hash === null) throw new MissingNodeError(`no subtree of level ${id.level} ends at entry ${id.lastLeaf}`)
    return { ...id, hash }
  })
}

/** Those above leaves that end after one leaf and up to another, by their last leaf and level. */
export async function nodesBetween(db: Pool, after: number, upTo: number): Promise<Subtree[]> {
  const { rows } = await db.query<{ lastLeaf: string; level: number; hash: string }>({
    name: 'audit-tree-between',
    text: `select last_leaf as "lastLeaf", level, encode(hash, 'hex') as hash from public.audit_tree
           where last_leaf > $1 and last_leaf <= $2 order by last_leaf, level`,
    values: [after, upTo],
  })
  return rows.map((row) => ({ ...row, lastLeaf: Number(row.lastLeaf) }))
}
