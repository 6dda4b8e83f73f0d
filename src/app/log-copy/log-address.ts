import { eventStoreUrl, postgresUrl } from '../settings/parsers.js'
import { databaseOf } from '../config-rules.js'

/** Where a log is kept; `main`: in the main database of the configuration, also an embedded one. */
export type LogAddress = { kind: 'main' } | { kind: 'postgres'; url: string } | { kind: 'eventstoredb'; url: string }

/** Null for what is no address. */
export function parseLogAddress(text: string): LogAddress | null {
  if (text === 'main') return { kind: 'main' }
  if (text.startsWith('esdb')) return 'value' in eventStoreUrl(text) ? { kind: 'eventstoredb', url: text } : null
  return 'value' in postgresUrl(text) ? { kind: 'postgres', url: text } : null
}

/** The address, as `main` where it names that database. */
export const orMain = (address: LogAddress, databaseUrl: string | null): LogAddress =>
  address.kind === 'postgres' && databaseUrl !== null && databaseOf(address.url) === databaseOf(databaseUrl)
    ? { kind: 'main' }
    : address

export const isSameAddress = (one: LogAddress, other: LogAddress): boolean => placeOf(one) === placeOf(other)

function placeOf(address: LogAddress): string {
  if (address.kind === 'main') return 'main'
  if (address.kind === 'postgres') return databaseOf(address.url)
  return address.url.replace(/^.*?:\/\/(?:.*@)?/, '').replace(/[/?].*$/, '')
}
