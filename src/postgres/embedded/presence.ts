import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { retryDelay } from '../../async/retry-delay.js'

/** A connection that is held for as long as this process uses the server, and restored with the server when it is lost. */
export interface Presence {
  readonly client: Client
  /** No restart after this; waits for one under way. */
  end(): Promise<void>
}

export interface PresenceDeps {
  /** Connects to the server, which it starts where it does not run, on the port of before. */
  connect(): Promise<Client>
  /** Shows the operator one line. */
  log(line: string): void
}

const RETRY_MS = 500

export function keepPresence(first: Client, { connect, log }: PresenceDeps): Presence {
  const ending = new AbortController()
  const isEnding = (): boolean => ending.signal.aborted
  let client = first
  let restoring = Promise.resolve()

  function watch(watched: Client): void {
    watched.on('error', () => undefined) // it ends, too
    watched.once('end', () => {
      if (!isEnding()) restoring = restore()
    })
  }

  async function restore(): Promise<void> {
    log('The embedded Postgres stopped; restarting it')
    for (let failures = 0; !isEnding();) {
      try {
        client = await connect()
        watch(client)
        log('The embedded Postgres runs again')
        return
      } catch (error) {
        if (failures++ === 0) log(`The embedded Postgres could not be restarted; retrying: ${(error as Error).message}`)
        await sleep(retryDelay(failures, RETRY_MS), undefined, { signal: ending.signal }).catch(() => undefined)
      }
    }
  }

  watch(first)
  return {
    get client() {
      return client
    },
    async end() {
      ending.abort()
      await restoring
    },
  }
}
