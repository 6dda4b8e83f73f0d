import { type ClientBase, escapeIdentifier } from 'pg'

const KINDS: Readonly<Record<string, string>> = { r: 'table', p: 'table', v: 'view', m: 'materialized view' }

/** The statement's word for each of these relations, those that are there. */
export async function kindsOf(
  tx: ClientBase,
  schema: string,
  relations: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ name: string; kind: string }>(
    `select relname as name, relkind as kind from pg_class where relnamespace = $1::regnamespace and relname = any ($2)`,
    [schema, relations],
  )
  return new Map(rows.map(({ name, kind }) => [name, KINDS[kind] ?? 'table']))
}

/** Drops what a generation has made in this schema; views first, which depend on tables. */
export async function dropRelations(tx: ClientBase, schema: string, relations: readonly string[]): Promise<void> {
  const kinds = [...(await kindsOf(tx, schema, relations))]
  const views = kinds.filter(([, kind]) => kind !== 'table')
  for (const [name, kind] of views) await tx.query(`drop ${kind} ${schema}.${escapeIdentifier(name)} cascade`)
  const tables = kinds.filter(([, kind]) => kind === 'table').map(([name]) => `${schema}.${escapeIdentifier(name)}`)
  if (tables.length > 0) await tx.query(`drop table ${tables.join(', ')}`)
}
