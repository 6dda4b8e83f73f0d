import { chatCommands } from './chat-commands.js'
import { inboxCommands } from './inbox-commands.js'
import { messageCommands } from './message-commands.js'
import { moderationCommands } from './moderation-commands.js'
import { userCommands } from './user-commands.js'

/** The write side as one table. */
export const commandList = {
  ...userCommands,
  ...chatCommands,
  ...messageCommands,
  ...inboxCommands,
  ...moderationCommands,
}

export type CommandList = typeof commandList
