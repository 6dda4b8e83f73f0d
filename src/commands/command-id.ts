import { v5 as uuidv5 } from 'uuid'

/** Namespaces for derived ids (RFC 9562, version 5). They are part of the log for ever. */
const COMMANDS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c01'
const CHATS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c02'
const MESSAGES = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c03'
const REPORTS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c05'
const WEBHOOKS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c06'
const BOTS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c08'
const DIRECT_CHATS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c04'

/** The id of a command with a client's key: the same for the same user, operation (with its path) and key. */
export const commandIdOf = (userId: string, operation: string, key: string): string =>
  uuidv5(JSON.stringify([userId, operation, key]), COMMANDS)

export const newChatId = (commandId: string): string => uuidv5(commandId, CHATS)

export const newMessageId = (commandId: string): string => uuidv5(commandId, MESSAGES)

/** Of the n-th message after the first that one command sends. */
export const furtherMessageId = (commandId: string, n: number): string => uuidv5(String(n), commandId)

export const newReportId = (commandId: string): string => uuidv5(commandId, REPORTS)

export const newWebhookId = (commandId: string): string => uuidv5(commandId, WEBHOOKS)

export const newBotId = (commandId: string): string => uuidv5(commandId, BOTS)

/** Two users always have the same direct chat, whoever opens it; so has each with themselves. Ids in lower case. */
export const directChatId = (userId: string, otherId: string): string =>
  uuidv5([userId, otherId].sort().join(':'), DIRECT_CHATS)
