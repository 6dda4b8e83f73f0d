import { chatCommands } from './chat-commands.js'
import { inboxCommands } from './inbox-commands.js'
import { messageCommands } from './message-commands.js'
import { moderationCommands } from './moderation-commands.js'
import { userCommands } from './user-commands.js'
import { webhookCommands } from './webhook-commands.js'

/** The write side as one table. */
export const commandList = {
  ...userCommands,
  ...chatCommands,
  ...messageCommands,
  ...inboxCommands,
  ...moderationCommands,
  ...webhookCommands,
}

export type CommandList = typeof commandList
