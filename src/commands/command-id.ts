import { createUuidV5 } from './uuid-v5.js'

/** Derived ids (RFC 9562, version 5). Their namespaces are part of the log for ever. */

const ofCommand = createUuidV5('b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c01')
const ofDirectChat = createUuidV5('b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c04')

/** The id of a command with a client's key: the same for the same user, operation (with its path) and key. */
export const commandIdOf = (userId: string, operation: string, key: string): string =>
  ofCommand(JSON.stringify([userId, operation, key]))

/** Each takes the id of the command that makes the thing. */
export const newChatId = createUuidV5('b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c02')
export const newMessageId = createUuidV5('b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c03')
export const newReportId = createUuidV5('b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c05')
export const newWebhookId = createUuidV5('b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c06')
export const newBotId = createUuidV5('b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c08')

/** Of the n-th message after the first that one command sends. */
export const furtherMessageId = (commandId: string, n: number): string => createUuidV5(commandId)(String(n))

/** Two users always have the same direct chat, whoever opens it; so has each with themselves. Ids in lower case. */
export const directChatId = (userId: string, otherId: string): string =>
  ofDirectChat([userId, otherId].sort().join(':'))
