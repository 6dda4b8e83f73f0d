import type { Outage } from './outage.js'

/** The result of the work, or `fallback` where it fails; either is noted on the outage. */
export async function attempt<Result, Fallback>(
  outage: Pick<Outage, 'failed' | 'succeeded'>,
  work: () => Promise<Result>,
  fallback: Fallback,
): Promise<Result | Fallback> {
  try {
    const result = await work()
    outage.succeeded()
    return result
  } catch (error) {
    outage.failed(error)
    return fallback
  }
}
