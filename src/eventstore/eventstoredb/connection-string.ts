import { createRequire } from 'node:module'
import type * as Client from '@eventstore/db-client'

const load = createRequire(import.meta.url)

/** Whether the client of EventStoreDB can read it, which is only loaded to answer this. Nothing is connected to. */
export function isConnectionString(text: string): boolean {
  const { EventStoreDBClient } = load('@eventstore/db-client') as typeof Client
  try {
    EventStoreDBClient.connectionString(text)
    return true
  } catch {
    return false
  }
}
