/** Where somebody stands with a limit. */
export interface Quota {
  /** The limit's name, as headers and metrics give it. */
  name: string
  limit: number
  windowSeconds: number
  remaining: number
  /** Until the window ends. */
  resetMs: number
}

/** More than the window holds: nothing was taken. */
export interface Refusal extends Quota {
  retryAfterMs: number
}

/** draft-ietf-httpapi-ratelimit-headers: where the asker stands, and the rule. */
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

/** Whole seconds after which it is over for sure. */
const secondsOf = (ms: number): number => Math.max(0, Math.ceil(ms / 1_000))
