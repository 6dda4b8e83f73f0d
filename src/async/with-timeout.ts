import { TimeoutError } from './unavailable-error.js'

/**
 * Waits for `work` at most `ms`; a later result is dropped.
 * @throws TimeoutError
 */
export function withTimeout<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(ms)), ms)
    void work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
