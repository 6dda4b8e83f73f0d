import type { VisibilitySetting } from '../../../domain/visibility.js'
import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/**
 * Each span of a chat's versions in which its history was open to later participants; neither touching nor overlapping. The last has no
 * end while it still is. For a chat that was never anything else, `always_full` says the same, and hot paths ask that first.
 */
export const fullSpansPart = {
  tables: ['full_spans'],
  schema: (table: TableName): string => `
    create table ${table('full_spans')} (
      chat_id uuid not null,
      from_version integer not null,
      to_version integer,
      primary key (chat_id, from_version)
    );
    create unique index on ${table('full_spans')} (chat_id) where to_version is null;`,
  apply: { ChatCreated: applyVisibility, ChatChanged: applyVisibility },
} satisfies Part

/** The same setting again changes nothing. */
export async function applyVisibility(
  { event: { historyVisibility }, chatId, version }: Placed<'ChatCreated' | 'ChatChanged'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  if (historyVisibility === undefined) return
  await tx.query(
    historyVisibility === 'full'
      ? {
          name: `open ${table('full_spans')}`,
          text: `insert into ${table('full_spans')} (chat_id, from_version) values ($1, $2)
                 on conflict (chat_id) where to_version is null do nothing`,
          values: [chatId, version],
        }
      : {
          name: `close ${table('full_spans')}`,
          text: `update ${table('full_spans')} set to_version = $2 - 1 where chat_id = $1 and to_version is null`,
          values: [chatId, version],
        },
  )
}

/** The settings that gave such spans. */
export const toSettings = (froms: readonly number[], tos: readonly (number | null)[]): VisibilitySetting[] => [
  { fromVersion: 1, visibility: 'since-joined' },
  ...froms.flatMap((fromVersion, index): VisibilitySetting[] => {
    const to = tos[index] ?? null
    const end = to === null ? [] : [{ fromVersion: to + 1, visibility: 'since-joined' as const }]
    return [{ fromVersion, visibility: 'full' }, ...end]
  }),
]
