/** The longest delay that `setTimeout` takes. */
const MAX_TIMER_MS = 2 ** 31 - 1

export interface TokenEnd {
  /** Sets the token's end. */
  renew(expiresAt: Date): void
  stop(): void
}

/** Calls `onEnd` once, `graceMs` after the end of a token that was not renewed. */
export function createTokenEnd(clock: () => Date, graceMs: number, onEnd: () => void): TokenEnd {
  let timer: NodeJS.Timeout | undefined

  function wait(until: number): void {
    const left = until - clock().getTime()
    if (left <= 0) onEnd()
    else timer = setTimeout(() => wait(until), Math.min(left, MAX_TIMER_MS))
  }

  return {
    renew(expiresAt) {
      clearTimeout(timer)
      wait(expiresAt.getTime() + graceMs)
    },
    stop: () => clearTimeout(timer),
  }
}
