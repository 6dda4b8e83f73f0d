import type { Caller } from '../commands/run-command.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { AtVersion } from '../projections/conversations/query-results.js'
import { orNotFound } from './answers.js'

/** What was asked of a message. An outsider only learns that there is no such chat for them. @throws ProblemError */
export async function visibleMessage<Found>(
  queries: Pick<ConversationQueries, 'chatMembership'>,
  chatId: string,
  caller: Caller,
  asked: Promise<AtVersion<Found> | null>,
): Promise<AtVersion<Found>> {
  const found = await asked
  if (found === null) orNotFound(await queries.chatMembership(chatId, caller.userId), 'chat-not-found')
  return orNotFound(found, 'message-not-found')
}
