import type { StreamingRead } from '@eventstore/db-client'

/**
 * What a read gives, up to and with the first that is enough. Its place on the connection is free again afterwards, however it ends:
 * a read that is merely left would keep it for ever. Given up after `timeoutMs` without anything.
 */
export async function collect<Item>(
  read: StreamingRead<Item>,
  timeoutMs: number,
  isEnough: (item: Item) => boolean = () => false,
): Promise<Item[]> {
  const items: Item[] = []
  read.on('error', () => undefined) // the loop sees it; one that comes after it must not end the process
  const timer = setTimeout(() => read.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  let isComplete = false
  try {
    for await (const item of read) {
      timer.refresh()
      items.push(item)
      if (isEnough(item)) {
        await read.cancel()
        return items
      }
    }
    isComplete = true
    return items
  } finally {
    clearTimeout(timer)
    if (!isComplete) read.cancel().catch(() => undefined)
  }
}
