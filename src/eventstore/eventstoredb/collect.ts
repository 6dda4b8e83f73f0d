import type { StreamingRead } from '@eventstore/db-client'

/**
 * All that a read gives, which should be bounded by its `maxCount`. It is given up after `timeoutMs` without anything; cancelled then,
 * for a read that is merely left keeps its place on the connection for ever.
 */
export async function collect<Item>(read: StreamingRead<Item>, timeoutMs: number): Promise<Item[]> {
  const items: Item[] = []
  read.on('error', () => undefined) // the loop sees it; one that comes after it must not end the process
  const timer = setTimeout(() => {
    read.destroy(new Error(`no answer within ${timeoutMs} ms`))
    read.cancel().catch(() => undefined)
  }, timeoutMs)
  try {
    for await (const item of read) {
      timer.refresh()
      items.push(item)
    }
    return items
  } finally {
    clearTimeout(timer)
  }
}
