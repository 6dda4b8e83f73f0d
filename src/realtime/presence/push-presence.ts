import { createOutage, type FailureReport } from '../../async/outage.js'
import { createBoundedCache } from '../../async/bounded-cache.js'
import { hidden, type Presence, type PresenceStore } from './presence.js'

/** Changes are gathered for so long: who reconnects in that time was never away. */
const GATHER_MS = 1_000
/** Users of whom it is remembered what was pushed last. */
const MAX_REMEMBERED = 10_000

export interface PushPresenceDeps {
  store: Pick<PresenceStore, 'read' | 'listen'>
  audienceOf(userId: string): Promise<PresenceAudience>
  /** Sends it to this node's sockets in these chats. */
  send(presence: Presence, chatIds: readonly string[]): void
  report: FailureReport
  gatherMs?: number
}

export interface PresenceAudience {
  /** In which the user takes part. */
  chatIds: readonly string[]
  /** False where the user does not show their presence. */
  isShown: boolean
}

export interface PresencePushes extends AsyncDisposable {
  /** Pushes what others see of the user now. */
  settingChanged(userId: string): void
}

/** Pushes who came online, and who went, to those on this node who share a chat with them. What fails is repeated with what changes then. */
export function pushPresence(deps: PushPresenceDeps): PresencePushes {
  const { store, audienceOf, send, report, gatherMs = GATHER_MS } = deps
  const outage = createOutage('presence-pushes', report)
  const pushed = createBoundedCache<string, boolean>(MAX_REMEMBERED)
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let pushing = Promise.resolve()

  function note(userId: string): void {
    changed.add(userId)
    schedule()
  }

  function schedule(): void {
    timer ??= setTimeout(() => {
      pushing = flush()
    }, gatherMs)
  }

  async function flush(): Promise<void> {
    const userIds = [...changed]
    changed.clear()
    try {
      for (const presence of await store.read(userIds)) await push(presence)
      outage.succeeded()
    } catch (error) {
      outage.failed(error)
      for (const userId of userIds) changed.add(userId)
    }
    timer = undefined
    if (changed.size > 0) schedule()
  }

  async function push(presence: Presence): Promise<void> {
    const { userId } = presence
    const { chatIds, isShown } = await audienceOf(userId)
    const shown = isShown ? presence : hidden(presence)
    if (pushed.get(userId) === shown.isOnline) return
    send(shown, chatIds)
    pushed.set(userId, shown.isOnline)
  }

  store.listen({
    onChanged: note,
    onForgotten() {
      for (const [userId, isOnline] of pushed.entries()) if (isOnline) note(userId)
    },
  })
  return {
    settingChanged: note,
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      await pushing
      clearTimeout(timer)
    },
  }
}
