import type { Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'

/** They begin at the start of the log, so that they destroy again what older keys brought back. */
const BEGIN_AGAIN = ['erasures', 'retention']

export async function restoreFollowers(
  main: Pool,
  followers: readonly { name: string; ordinal: number }[],
  positionOf: (ordinal: number) => Position,
): Promise<void> {
  for (const { name, ordinal } of followers)
    if (!BEGIN_AGAIN.includes(name))
      await main.query(
        'insert into followers (name, position) values ($1, $2) on conflict (name) do update set position = excluded.position',
        [name, positionOf(ordinal)],
      )
}
