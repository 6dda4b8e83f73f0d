import { instant } from '../conversations/instants.js'
import type { TableName } from '../engine/projection.js'
import type { AuditRequest } from './audit-entry.js'

export interface PageStatement {
  text: string
  values: (string | number)[]
}

const filterColumns = {
  event: 'event',
  userId: 'user_id',
  targetUserId: 'target_user_id',
  chatId: 'chat_id',
  messageId: 'message_id',
} as const

type Field = keyof typeof filterColumns

const COLUMNS =
  'ordinal, event, user_id, target_user_id, chat_id, message_id, client, position, correlation_id, details'

/** What an entry can have several of: they are in `audit_subjects` then. */
const MAY_BE_SEVERAL: readonly Field[] = ['targetUserId', 'chatId']

/** A filter, and the parameter that holds its value. */
type Given = readonly [field: Field, parameter: string]

/**
 * Reads a page of entries, and one more to know whether there are more. It has no name: it is planned for its values each time, for they
 * differ widely in how many entries they match.
 *
 * Entries match through their own columns, or, where they concern several users or chats, through `audit_subjects`. Each of these
 * ways has an index that gives its entries in order, and at most a page is read from each.
 */
export function pageStatement({ filter, order, limit, after }: AuditRequest, table: TableName): PageStatement {
  const values: (string | number)[] = []
  const bind = (value: string | number): string => `$${values.push(value)}`
  const most = bind(limit + 1)
  const fields = Object.keys(filterColumns) as Field[]
  const given = fields.flatMap((field): Given[] => (filter[field] === null ? [] : [[field, bind(filter[field])]]))
  const bounds: Bounds = {
    from: filter.from === null ? null : bind(filter.from),
    to: filter.to === null ? null : bind(filter.to),
    least: after !== null && order === 'asc' ? bind(after + 1) : null,
    most: after !== null && order === 'desc' ? bind(after - 1) : null,
  }

  const own = branch({
    from: `${table('audit_entries')} e`,
    conditions: [...between(given.length === 0 ? PLAIN : NEGATED, bounds, table), ...given.map(equals)],
    orderBy: given.length === 0 ? `e.ordinal ${order}` : `-e.ordinal ${order === 'asc' ? 'desc' : 'asc'}`,
  })
  const several = given
    .filter(([field]) => MAY_BE_SEVERAL.includes(field))
    .map(([field, parameter]) =>
      branch({
        from: `${table('audit_subjects')} s join ${table('audit_entries')} e on e.ordinal = s.ordinal`,
        conditions: [
          `s.field = '${filterColumns[field]}' and s.id = ${parameter}`,
          ...between(OF_SUBJECT, bounds, table),
          ...given.filter(([other]) => other !== field).map(equals),
        ],
        orderBy: `s.ordinal ${order}`,
      }),
    )
  const text = `
    select ${COLUMNS}, ${instant('at')} as at from (${[own, ...several].join(' union all ')}) p
    order by ordinal ${order} limit ${most}`
  return { text, values }

  function branch({ from, conditions, orderBy }: { from: string; conditions: string[]; orderBy: string }): string {
    return `(select e.* from ${from} where ${['true', ...conditions].join(' and ')} order by ${orderBy} limit ${most})`
  }
}

const equals = ([field, parameter]: Given): string => `e.${filterColumns[field]} = ${parameter}`

/** Parameters, null where there is no bound; all included. */
interface Bounds {
  /** Times. */
  from: string | null
  to: string | null
  /** Ordinals. */
  least: string | null
  most: string | null
}

/** An ordinal as an index has it. */
interface IndexedOrdinal {
  atLeast(value: string): string
  atMost(value: string): string
}

const PLAIN: IndexedOrdinal = {
  atLeast: (value) => `e.ordinal >= ${value}`,
  atMost: (value) => `e.ordinal <= ${value}`,
}
const OF_SUBJECT: IndexedOrdinal = {
  atLeast: (value) => `s.ordinal >= ${value}`,
  atMost: (value) => `s.ordinal <= ${value}`,
}
const NEGATED: IndexedOrdinal = {
  atLeast: (value) => `-e.ordinal <= -(${value})::bigint`,
  atMost: (value) => `-e.ordinal >= -(${value})::bigint`,
}

/** Times are bounded twice: exactly, and by the ordinals between which they can only be. */
function between(ordinal: IndexedOrdinal, { from, to, least, most }: Bounds, table: TableName): string[] {
  return [
    ...(least === null ? [] : [ordinal.atLeast(least)]),
    ...(most === null ? [] : [ordinal.atMost(most)]),
    ...(from === null ? [] : [`e.at >= ${from}`, ordinal.atLeast(firstFrom(from, table))]),
    ...(to === null ? [] : [`e.at <= ${to}`, ordinal.atMost(lastUpTo(to, table))]),
  ]
}

/** All entries before the first one of a minute are of earlier minutes. */
const firstFrom = (time: string, table: TableName): string =>
  `coalesce((select ordinal from ${table('audit_minutes')} where minute <= ${time} order by minute desc limit 1), 0)`

/** All entries from the first one of a minute on are of that minute or later, but for what they lie behind others. */
const lastUpTo = (time: string, table: TableName): string =>
  `coalesce((select m.ordinal from ${table('audit_minutes')} m
    where m.minute > ${time}::timestamptz + (select behind_ms from ${table('audit_counter')}) * interval '1 millisecond'
    order by m.minute limit 1), ${MAX_ORDINAL})`

const MAX_ORDINAL = '9223372036854775807'
