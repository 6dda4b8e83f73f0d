import type { Session } from '../session/session.js'

/** Before its token ends by this time, a socket gets a new one. */
const AHEAD_MS = 30_000
const RETRY_MS = 5_000

/**
 * Gives the socket each new access token, and asks for one in time before the token ends; short tokens are renewed after half their life.
 * Returns the function that stops it. Where the server refuses a token it will end the socket, and the next handshake brings
 * another one.
 */
export function keepAuthenticated(
  session: Pick<Session, 'accessToken' | 'expiresAt' | 'onChange'>,
  first: string,
  authenticate: (token: string) => Promise<unknown>,
  onRefused: (error: unknown) => void,
): () => void {
  let current = first
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false

  async function renewLater(): Promise<void> {
    const expiresAt = await session.expiresAt()
    if (expiresAt === null || isStopped) return
    clearTimeout(timer)
    const left = expiresAt - Date.now()
    const aheadMs = Math.min(AHEAD_MS, left / 2)
    timer = setTimeout(() => void renew(aheadMs), Math.max(0, left - aheadMs))
  }

  /** A changed session calls `give`. */
  async function renew(aheadMs: number): Promise<void> {
    try {
      await session.accessToken({ validForMs: aheadMs + 1_000 })
    } catch {
      if (!isStopped) timer = setTimeout(() => void renew(aheadMs), RETRY_MS)
    }
  }

  async function give(token: string): Promise<void> {
    if (token === current || isStopped) return
    current = token
    await authenticate(token).catch(onRefused)
    await renewLater()
  }

  const stopListening = session.onChange((tokens) => {
    if (tokens !== null) void give(tokens.accessToken)
  })
  void renewLater()
  return () => {
    isStopped = true
    clearTimeout(timer)
    stopListening()
  }
}
