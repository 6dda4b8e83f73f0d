import { EventStoreDBClient } from '@eventstore/db-client'

/**
 * Clients with equal options share one connection in the whole process: its hundred concurrent calls, and its pause before it
 * reconnects, which grows to two minutes. So each client adds another number of milliseconds, fewer than this, to the keep-alive interval.
 */
const DISTINCT_INTERVALS = 5_000
let opened = 0
const KEEP_ALIVE_MS = 10_000
/** In place of -1, which turns it off: three weeks. */
const NO_KEEP_ALIVE_MS = 2_000_000_000
/** A day, in ms: the server judges by its own clock, so that a shorter one fails every append where the clocks differ by more. */
export const FAR_DEADLINE_MS = 86_400_000
const CLOSING_MS = 2_000

/** A client with a connection of its own, with the operator's connection string and what the adapter relies on. */
export function openClient(connectionString: string): EventStoreDBClient {
  const [address = '', query = ''] = connectionString.split('?')
  const settings = new Map([...new URLSearchParams(query)].map(([name, value]) => [flatCase(name), value]))
  const keepAlive = Number(settings.get('keepaliveinterval') ?? KEEP_ALIVE_MS)
  settings.set(
    'keepaliveinterval',
    String((keepAlive < 0 ? NO_KEEP_ALIVE_MS : keepAlive) + (opened++ % DISTINCT_INTERVALS)),
  )
  settings.set('throwonappendfailure', 'true') // otherwise a conflict does not tell the actual version
  const text = [...settings].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  const client = EventStoreDBClient.connectionString(`${address}?${text}`)
  const heal = client['handleError']
  client['handleError'] = (failed, error) => heal(failed, error).catch(() => undefined) // its rejection has no other handler
  return client
}

/** The client takes `keepAliveInterval`, `keep_alive_interval` and so on for the same. */
const flatCase = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')

/** Ends its calls and its connection; disposing alone would leave it open, and usable. */
export async function closeClient(client: EventStoreDBClient): Promise<void> {
  const closed = async (): Promise<void> => {
    await client.dispose()
    ;(await client['getChannel']()).close()
  }
  const late = new Promise((resolve) => setTimeout(resolve, CLOSING_MS).unref())
  await Promise.race([closed().catch(() => undefined), late])
}
