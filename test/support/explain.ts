import pg from 'pg'

/** A statement as it was asked; one without a name is planned for its values each time. */
export interface Asked {
  name?: string
  text: string
  values: Value[]
}

type Value = string | number | boolean | null | readonly (string | number | null)[]

/** What a statement read from one table, in one node of its plan. */
export interface TableRead {
  table: string
  how: string
  /** All that was looked at, in all loops together. */
  rows: number
}

/** A pool that tells of every statement but those of transactions. */
export function listeningPool(connectionString: string, tell: (asked: Asked) => void): pg.Pool {
  const onConnect = (client: pg.ClientBase): void => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const listening = (...args: unknown[]): unknown => {
      const [first, second] = args
      const asked = (typeof first === 'string' ? { text: first, values: second } : first) as Asked
      if (!/^(begin|commit|rollback)/.test(asked.text))
        tell({ ...asked, values: Array.isArray(asked.values) ? asked.values : [] })
      return query(...args)
    }
    client.query = listening as typeof client.query
  }
  return new pg.Pool({ connectionString, onConnect })
}

/** Runs the statement again, and gives what it read by each plan that Postgres may choose for it. */
export async function explain(pool: pg.Pool, { name, text, values }: Asked): Promise<TableRead[]> {
  const client = await pool.connect()
  try {
    const reads: TableRead[] = []
    for (const mode of name === undefined ? ['custom'] : ['custom', 'generic']) {
      await client.query(`set plan_cache_mode = force_${mode}_plan`)
      await client.query(`prepare explained as ${text}`)
      const given = values.length === 0 ? '' : `(${values.map(literal).join()})`
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
        `explain (analyze, format json) execute explained${given}`,
      )
      await client.query('deallocate explained')
      const plan = rows[0]?.['QUERY PLAN'][0].Plan
      if (plan !== undefined) reads.push(...readsOf(plan))
    }
    return reads
  } finally {
    client.release(true)
  }
}

interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Node[]
}

function readsOf(node: Node): TableRead[] {
  const below = (node.Plans ?? []).flatMap(readsOf)
  const table = node['Relation Name']
  if (table === undefined) return below
  const each =
    node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return [{ table, how: node['Node Type'], rows: Math.round(each * node['Actual Loops']) }, ...below]
}

function literal(value: Value): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  return pg.escapeLiteral(typeof value === 'string' ? value : `{${value.map(element).join()}}`)
}

const element = (value: string | number | null): string =>
  typeof value === 'string' ? `"${value.replace(/[\\"]/g, '\\$&')}"` : String(value)
