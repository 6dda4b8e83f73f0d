import { RequestRefused } from '../requests/request-refused.js'
import type { Authenticate, Identity } from '../requests/authenticate.js'
import type { RealtimeSocket } from './protocol.js'

const CHECK_MS = 1_000
/** A node that could not verify a token for so long disconnects its sockets. */
const MAX_UNVERIFIED_MS = 10_000

/** Why a bot's socket must end: its token is refused, is bound to other chats than it was, or cannot be verified. */
export type BotSocketEnd = { code: string } | 'chats-changed' | 'unverified'

/** Verifies the tokens of this node's bots again each second while their sockets are open. */
export interface BotSockets {
  watch(socket: RealtimeSocket, token: string): void
}

export interface BotSocketsDeps {
  authenticate: Authenticate
  disconnect(socket: RealtimeSocket, why: BotSocketEnd): void
  /** In ms, of a clock that is never set. */
  now?: () => number
  checkMs?: number
}

export function createBotSockets(deps: BotSocketsDeps): BotSockets {
  const { authenticate, disconnect, now = () => performance.now(), checkMs = CHECK_MS } = deps

  /** Null if the socket may stay; undefined if the node cannot tell at the moment. */
  async function check({ data }: RealtimeSocket, token: string): Promise<BotSocketEnd | null | undefined> {
    try {
      const { chatIds } = await authenticate(token)
      return isSame(chatIds, data.claims.chatIds) ? null : 'chats-changed'
    } catch (error) {
      const code = codeOf(error)
      return code === null || code === 'revocation-unknown' ? undefined : { code }
    }
  }

  return {
    watch(socket, token) {
      let verifiedAt = now()
      let isChecking = false

      function end(why: BotSocketEnd): void {
        clearInterval(timer)
        if (socket.connected) disconnect(socket, why)
      }

      async function verify(): Promise<void> {
        isChecking = true
        const began = now()
        const why = await check(socket, token)
        isChecking = false
        if (why === null) verifiedAt = began
        else if (why !== undefined) end(why)
      }

      const timer = setInterval(() => {
        if (now() - verifiedAt > MAX_UNVERIFIED_MS) end('unverified')
        else if (!isChecking) void verify()
      }, checkMs)
      socket.once('disconnect', () => clearInterval(timer))
    },
  }
}

function isSame(now: Identity['chatIds'], before: Identity['chatIds']): boolean {
  return now?.size === before?.size && [...(now ?? [])].every((chatId) => before?.has(chatId))
}

const codeOf = (error: unknown): string | null =>
  error instanceof RequestRefused && 'code' in error.reason ? error.reason.code : null
