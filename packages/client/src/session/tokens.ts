/** What a login gives, and each refresh renews. */
export interface Tokens {
  userId: string
  accessToken: string
  refreshToken: string
  /** Sent with the refresh, so that repeating it, even from another tab, gives the same new tokens again. */
  refreshKey: string
  /** When the access token ends, in milliseconds since 1970 by this machine's clock. */
  expiresAt: number
}

/** Where the tokens are kept. */
export interface TokenStore {
  load(): Tokens | null | Promise<Tokens | null>
  /** Null removes them. */
  save(tokens: Tokens | null): void | Promise<void>
  /** The name by which other tabs know this store; absent where nobody else has it. */
  readonly sharedAs?: string
}

/** Tokens of this process only. */
export function memoryTokens(initial: Tokens | null = null): TokenStore {
  let kept = initial
  return {
    load: () => kept,
    save(tokens) {
      kept = tokens
    },
  }
}
