import type { CommandList } from '../commands/catalogue/command-list.js'
import type { Caller, RunCommand } from '../commands/run-command.js'
import type { EditMessage, SendMessage } from '../commands/submit-message.js'
import type { SecurityKind } from '../domain/security/events.js'
import type { SharedOwnWrites } from '../requests/own-writes-in-redis.js'
import type { UserCache } from '../realtime/user-cache.js'
import type { SecurityEvents } from '../security/security-events.js'
import { NO_CLIENT, type OnLimited } from './start-security.js'

/** A command that a client sent, and its result. */
export interface ObservedCommand {
  name: keyof CommandList
  input: object
  caller: Caller
  result: { kind: 'done' | 'repeated' | 'unchanged'; position: string } | { kind: 'rejected' } | LimitedResult
  seconds: number
}

interface LimitedResult {
  kind: 'limited'
  /** Of the limit. */
  name: string
}

/** Called after each command, before its answer leaves. Must not throw. */
export type CommandObserver = (command: ObservedCommand) => void

export interface CommandObserverDeps {
  /** Null where nodes share nothing. */
  sharedWrites: Pick<SharedOwnWrites, 'note'> | null
  users: Pick<UserCache, 'changedAt'>
  security: SecurityEvents
  onLimited: OnLimited
  metrics: { messageSeconds: { observe(seconds: number): void }; messagesSent: { inc(): void } }
}

/** All observers, in the order in which they are called. A new one is added here. */
export const createCommandObservers = (deps: CommandObserverDeps): readonly CommandObserver[] => [
  shareOwnWrite(deps.sharedWrites),
  refreshUserCache(deps.users),
  recordSecurityEvent(deps.security),
  reportLimit(deps.onLimited),
  measureMessages(deps.metrics),
]

/** The user's next query on another node waits for it too. */
const shareOwnWrite =
  (sharedWrites: CommandObserverDeps['sharedWrites']): CommandObserver =>
  ({ caller, result }) => {
    if ('position' in result) sharedWrites?.note(caller.userId, result.position)
  }

/** A profile that was changed on this node is shown changed at once. */
const refreshUserCache =
  (users: CommandObserverDeps['users']): CommandObserver =>
  ({ name, caller, result }) => {
    if (name === 'changeProfile' && 'position' in result) users.changedAt(caller.userId, result.position)
  }

const recordSecurityEvent =
  (security: SecurityEvents): CommandObserver =>
  ({ name, input, caller, result }) => {
    const type = result.kind === 'done' ? securityKindOf(name, input) : null
    if (type === null || !('userId' in input)) return
    const { ip, userAgent } = caller.client ?? caller.clientInfo ?? NO_CLIENT
    security.record({ type, ip, userAgent, userId: String(input.userId) })
  }

/** A logout is ordinary, and the reuse of a refresh token is recorded as such. */
function securityKindOf(name: keyof CommandList, input: object): SecurityKind | null {
  if (name === 'changeRoles') return 'role-granted'
  if (name !== 'revokeSession' || !('reason' in input)) return null
  return input.reason === 'logout' || input.reason === 'refresh-reuse' ? null : 'session-revoked'
}

const reportLimit =
  (onLimited: OnLimited): CommandObserver =>
  ({ caller, result }) => {
    if (result.kind === 'limited') onLimited(result.name, caller.client ?? NO_CLIENT, caller.userId)
  }

const measureMessages =
  ({ messageSeconds, messagesSent }: CommandObserverDeps['metrics']): CommandObserver =>
  ({ name, result, seconds }) => {
    if (name !== 'sendMessage') return
    messageSeconds.observe(seconds)
    if (result.kind === 'done') messagesSent.inc()
  }

/** Runs commands and calls the observers with each result. */
export const observeCommands =
  (run: RunCommand, observers: readonly CommandObserver[]): RunCommand =>
  async (name, input, caller) => {
    const began = performance.now()
    const result = await run(name, input, caller)
    notify(observers, { name, input, caller, result, seconds: secondsSince(began) })
    return result
  }

/** The same for the commands that are limited before they run. */
export const observeSubmit =
  <Submit extends SendMessage | EditMessage>(
    name: 'sendMessage' | 'editMessage',
    submit: Submit,
    observers: readonly CommandObserver[],
  ) =>
  async (input: Parameters<Submit>[0], caller: Caller): Promise<Awaited<ReturnType<Submit>>> => {
    const began = performance.now()
    const result = (await submit(input as never, caller)) as Awaited<ReturnType<Submit>>
    notify(observers, { name, input, caller, result, seconds: secondsSince(began) })
    return result
  }

function notify(observers: readonly CommandObserver[], command: ObservedCommand): void {
  for (const observe of observers) observe(command)
}

const secondsSince = (began: number): number => (performance.now() - began) / 1_000
