import { setTimeout as sleep } from 'node:timers/promises'

export interface EventuallyOptions {
  timeoutMs?: number
}

/** What the assertion gives, the first time that it does not throw; after the timeout, what it throws. */
export async function eventually<Result>(
  assertion: () => Result | Promise<Result>,
  { timeoutMs = 30_000 }: EventuallyOptions = {},
): Promise<Result> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      return await assertion()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await sleep(10)
  }
}
