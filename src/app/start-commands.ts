import { createBotOwners } from '../commands/bot-owners.js'
import { limitChats } from '../commands/chat-limits.js'
import { createMessageLimit } from '../commands/message-limit.js'
import type { RunCommand } from '../commands/run-command.js'
import { createSubmitMessage, type EditMessage, type SendMessage } from '../commands/submit-message.js'
import type { RedisConnection } from '../limits/redis.js'
import type { SharedOwnWrites } from '../requests/own-writes-in-redis.js'
import type { UserCache } from '../realtime/user-cache.js'
import { createCommandObservers, observeCommands, observeSubmit } from './command-observers.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Metrics } from './metrics.js'
import type { Security } from './start-security.js'

export interface Commands {
  run: RunCommand
  sendMessage: SendMessage
  editMessage: EditMessage
}

export interface CommandParts {
  redis: RedisConnection | null
  security: Security
  metrics: Metrics
  users: UserCache
  sharedWrites: SharedOwnWrites | null
}

/** The commands as clients reach them: observed, and messages limited. */
export function startCommands(
  config: Pick<Config, 'rateLimitMessagesPerMinute' | 'rateLimits'>,
  core: Pick<Core, 'run' | 'content' | 'handler' | 'usersSharingChat'>,
  parts: CommandParts,
): Commands {
  const { redis, security, metrics, users, sharedWrites } = parts
  const { onLimited } = security
  const { stateOf } = core.handler
  const observers = createCommandObservers({ sharedWrites, users, security: security.events, onLimited, metrics })
  const observed = observeCommands(core.run, observers)

  const botOwnerOf = createBotOwners(stateOf)
  const limits = { redis, stateOf, botOwnerOf, usersSharingChat: core.usersSharingChat, onRefused: onLimited }
  const limit = createMessageLimit(config.rateLimitMessagesPerMinute, { redis, botOwnerOf })
  const deps = { run: core.run, limit, isRefused: core.content.isRefused }
  return {
    run: config.rateLimits ? limitChats(observed, limits) : observed,
    sendMessage: observeSubmit('sendMessage', createSubmitMessage('sendMessage', deps), observers),
    editMessage: observeSubmit('editMessage', createSubmitMessage('editMessage', deps), observers),
  }
}
