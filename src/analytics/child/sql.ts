import type { Client } from 'pg'
import type { Sql } from '../projection-file.js'

const ENDS_TRANSACTION = /^\s*(begin|start|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b/i

/** A tag that runs statements on this connection. An error has the stack of the call. */
export const createSql =
  (client: Client): Sql =>
  async (strings, ...values) => {
    const called = new Error()
    Error.captureStackTrace(called)
    if (!Array.isArray(strings))
      throw new TypeError('sql is a tag for templates: write sql`select 1`, not sql("select 1")')
    const text = strings.reduce((before, part, index) => `${before}$${index}${part}`)
    if (ENDS_TRANSACTION.test(text))
      throw new TypeError('apply runs in one transaction, which sql can neither end nor divide')
    try {
      const query = { text, values, queryMode: 'extended' } // refuses several statements at once
      return (await client.query<Record<string, unknown>>(query)).rows
    } catch (error) {
      const { stack = '' } = called
      if (error instanceof Error)
        error.stack = `${error.name}: ${error.message}\n${stack.slice(stack.indexOf('\n') + 1)}`
      throw error
    }
  }
