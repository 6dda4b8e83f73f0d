import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, lock } from 'proper-lockfile'

const NAME = join(tmpdir(), 'parley-bench')
const OPTIONS = { realpath: false, stale: 20_000 }
const PATIENCE_SECONDS = 7_200

/** One run at a time on a machine: two would measure each other. Waits for its turn; disposing of it lets the next begin. */
export async function alone(print: (text: string) => void): Promise<AsyncDisposable> {
  if (await check(NAME, OPTIONS)) print('waiting for another run on this machine to end')
  const release = await lock(NAME, {
    ...OPTIONS,
    retries: { retries: PATIENCE_SECONDS, factor: 1, minTimeout: 1000, maxTimeout: 1000 },
  })
  return { [Symbol.asyncDispose]: release }
}
