import { eventually } from './eventually.js'
import { findDatabaseLeaks } from './test-database.js'

/** What keeps a process alive, counted by kind: timers, sockets, servers, child processes. */
export type Resources = ReadonlyMap<string, number>

/** Requests that the file system or the name service answers by itself. */
const PASSING = /^(FS|GetAddrInfo|GetNameInfo|Microtask|Immediate|TTY|TickObject|WriteWrap|ShutdownWrap|ZLIB|CloseReq)/

/** How long closing may take on a busy machine. */
const CLOSING_MS = 5_000

export function activeResources(): Resources {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo())
    if (!PASSING.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

/** Waits until nothing is active but what was before a test file; gives one line for each kind of what stays. */
export async function findLeaks(before: Resources): Promise<string[]> {
  const databases = await findDatabaseLeaks()
  const extra = (): string[] =>
    [...activeResources()]
      .filter(([kind, count]) => count > (before.get(kind) ?? 0))
      .map(([kind, count]) => `${count - (before.get(kind) ?? 0)} of ${kind}`)
  const none = (): void => {
    if (extra().length > 0) throw new Error('still active')
  }
  return [...databases, ...(await eventually(none, { timeoutMs: CLOSING_MS }).then(() => [], extra))]
}
