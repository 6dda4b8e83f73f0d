import { Redis } from 'ioredis'
import { Client } from 'pg'

/** Every row of every table of a database as text, binary values also decoded; vacuumed first. */
export async function dumpTables(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('vacuum')
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
    )
    const lines: string[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`)
      lines.push(...rows.map(({ row }) => row))
    }
    return lines
      .join('\n')
      .replace(BINARY, (all, hex: string) => `${all} ${Buffer.from(hex, 'hex').toString('latin1')}`)
  } finally {
    await client.end()
  }
}

/** As Postgres writes it. */
const BINARY = /\\x([0-9a-f]{2,})/g

/** Every key of a Redis with its value. */
export async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url)
  try {
    const keys = await redis.keys('*')
    return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await valueOf(redis, key)])))
  } finally {
    redis.disconnect()
  }
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'none':
      return null
    default:
      throw new Error(`${key} is of a type that is not read here`)
  }
}
