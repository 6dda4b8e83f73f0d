/** The state of a limit for one key. */
export interface Quota {
  /** The limit's name, as headers and metrics give it. */
  name: string
  limit: number
  windowSeconds: number
  remaining: number
  /** Until the window ends. */
  resetMs: number
}

/** The limit is reached: nothing was taken. */
export interface Refusal extends Quota {
  retryAfterMs: number
}

/** `RateLimit` (current state) and `RateLimit-Policy`, as in draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitHeaders(quotas: readonly Quota[]): Record<string, string> {
  return {
    RateLimit: quotas
      .map(({ name, remaining, resetMs }) => `"${name}";r=${remaining};t=${secondsOf(resetMs)}`)
      .join(', '),
    'RateLimit-Policy': quotas
      .map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(', '),
  }
}

/** Rounded up, so that the window is over when they have passed. */
const secondsOf = (ms: number): number => Math.max(0, Math.ceil(ms / 1_000))
