import { createBotOwners } from '../commands/bot-owners.js'
import { limitChats } from '../commands/chat-limits.js'
import { createMessageLimit } from '../commands/message-limit.js'
import type { Caller, RunCommand } from '../commands/run-command.js'
import { createSubmitMessage, type EditMessage, type SendMessage } from '../commands/submit-message.js'
import type { RedisConnection } from '../limits/redis.js'
import type { UserCache } from '../realtime/user-cache.js'
import { watchCommands } from './command-observers.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Metrics } from './metrics.js'
import { NO_CLIENT, type OnLimited, type Security } from './start-security.js'

export interface Commands {
  run: RunCommand
  sendMessage: SendMessage
  editMessage: EditMessage
}

/** The commands as clients reach them: observed, and messages limited. */
export function startCommands(
  config: Pick<Config, 'rateLimitMessagesPerMinute' | 'rateLimits'>,
  core: Pick<Core, 'run' | 'content' | 'handler' | 'usersSharingChat'>,
  parts: { redis: RedisConnection | null; security: Security; metrics: Metrics; users: UserCache },
): Commands {
  const { redis, security, metrics, users } = parts
  const { stateOf } = core.handler
  const botOwnerOf = createBotOwners(stateOf)
  const observed = watchCommands(refreshingUsers(core.run, users), security.events)
  const limits = { redis, stateOf, botOwnerOf, usersSharingChat: core.usersSharingChat, onRefused: security.onLimited }
  const run = config.rateLimits ? limitChats(observed, limits) : observed
  const limit = createMessageLimit(config.rateLimitMessagesPerMinute, { redis, botOwnerOf })
  const deps = { run, limit, isRefused: core.content.isRefused }
  const sendMessage = reportingLimits(createSubmitMessage('sendMessage', deps), security.onLimited)
  return {
    run,
    sendMessage: measured(sendMessage, metrics),
    editMessage: reportingLimits(createSubmitMessage('editMessage', deps), security.onLimited),
  }
}

/** A profile that was changed on this node is shown changed at once. */
const refreshingUsers =
  (run: RunCommand, users: UserCache): RunCommand =>
  async (name, input, caller) => {
    const result = await run(name, input, caller)
    if (name === 'changeProfile' && result.kind !== 'rejected') users.changedAt(caller.userId, result.position)
    return result
  }

const reportingLimits = <Submit extends SendMessage | EditMessage>(submit: Submit, onLimited: OnLimited): Submit =>
  (async (input: never, caller: Caller) => {
    const result = await submit(input, caller)
    if (result.kind === 'limited') onLimited(result.name, caller.client ?? NO_CLIENT, caller.userId)
    return result
  }) as Submit

const measured =
  (sendMessage: SendMessage, metrics: Metrics): SendMessage =>
  async (input, caller) => {
    const stop = metrics.messageSeconds.startTimer()
    const result = await sendMessage(input, caller)
    stop()
    if (result.kind === 'done') metrics.messagesSent.inc()
    return result
  }
