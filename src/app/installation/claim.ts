import { withClient } from '../../postgres/with-client.js'
import type { DatabaseKind } from './migration.js'

/**
 * Writes into a database to which installation it belongs, where that is not there yet. Gives the id that counts: that of the first
 * start, where several start at once.
 */
export const claim = (url: string, kind: DatabaseKind, id: string): Promise<string> =>
  withClient(url, async (client) => {
    await client.query('insert into installation (kind, id) values ($1, $2) on conflict do nothing', [kind, id])
    const { rows } = await client.query<{ id: string }>('select id from installation')
    return rows[0]?.id ?? id
  })
