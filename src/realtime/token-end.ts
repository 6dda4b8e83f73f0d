/** `setTimeout` takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export interface TokenEnd {
  /** From now on the token lasts until then. */
  renew(expiresAt: Date): void
  stop(): void
}

/** Calls `onEnd` once, `graceMs` after the end of a token that nobody renewed. */
export function createTokenEnd(clock: () => Date, graceMs: number, onEnd: () => void): TokenEnd {
  let timer: NodeJS.Timeout | undefined

  function wait(until: number): void {
    const left = until - clock().getTime()
    if (left <= 0) onEnd()
    else timer = setTimeout(() => wait(until), Math.min(left, LONGEST_TIMER_MS))
  }

  return {
    renew(expiresAt) {
      clearTimeout(timer)
      wait(expiresAt.getTime() + graceMs)
    },
    stop: () => clearTimeout(timer),
  }
}
