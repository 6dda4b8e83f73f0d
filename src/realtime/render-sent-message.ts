import type { RenderContent } from '../content/render-content.js'
import { CommandFault } from '../commands/pipeline/command-fault.js'
import type { ResultOf } from '../commands/run-command.js'
import type { MessageSent } from '../domain/chat/events.js'
import { chatStream, idOf } from '../domain/streams.js'
import type { EventLog, Position } from '../eventstore/event-log.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { MessageView } from '../projections/conversations/views.js'
import type { Progress } from '../followers/progress.js'
import { messageOf, unknownUser, type ChatEventInStream } from './frames.js'
import type { UserCache } from './user-cache.js'

type Sent = Extract<ResultOf<'sendMessage'>, { kind: 'done' | 'repeated' }>

/**
 * The message that a command sent, as its answer shows it. A repeat gives id, seq and version as they were, the rest as it is now.
 * @throws CommandFault `projection-behind`: the message is sent, and repeating the command will show it
 */
export type RenderSentMessage = (result: Sent, chatId: string, viewer: string) => Promise<MessageView>

export interface RenderSentMessageDeps {
  log: Pick<EventLog, 'readStream'>
  reader: Pick<EventReader, 'open'>
  people: UserCache
  /** Of conversations. */
  progress: Progress
  queries: Pick<ConversationQueries, 'message'>
  renderContent?: RenderContent
  /** How long to wait for the read model. */
  timeoutMs: number
}

export function createRenderSentMessage(deps: RenderSentMessageDeps): RenderSentMessage {
  const { log, reader, people, progress, queries, renderContent, timeoutMs } = deps

  async function asSent(sent: ChatEventInStream<MessageSent>): Promise<MessageView> {
    const { senderId } = sent.event
    const sender = (await people.get([senderId], { timeoutMs })).get(senderId)
    return messageOf(sent, sender ?? unknownUser(senderId), renderContent)
  }

  async function read(stream: string, version: number): Promise<ChatEventInStream<MessageSent>> {
    const opened = await reader.open(await log.readStream(stream, { after: version - 1, limit: 1 }))
    const event = opened[0]?.event
    if (opened[0] === undefined || event?.type !== 'MessageSent') throw new Error(`no message at ${stream} ${version}`)
    return { ...opened[0], event }
  }

  /** As the read model shows it. */
  async function asNow(sent: ChatEventInStream<MessageSent>, position: Position, viewer: string): Promise<MessageView> {
    if (!(await progress.reached(position, { timeoutMs }))) throw new CommandFault('projection-behind')
    const now = await queries.message(idOf(sent.stream), sent.event.messageId, viewer)
    return now === null ? withoutText(await asSent(sent)) : now.answer
  }

  /** A reply, with the excerpt of the message that it answers. */
  const asReply = async (sent: ChatEventInStream<MessageSent>, position: Position, viewer: string) => ({
    ...(await asNow(sent, position, viewer)),
    version: sent.version,
  })

  return async (result, chatId, viewer) => {
    const stream = chatStream(chatId)
    if (result.kind === 'done') {
      // The hot path: nothing is read, neither from the log nor from the read model.
      for (const { event, version, at } of result.events)
        if (event.type === 'MessageSent') {
          const sent = { stream, version, at, event }
          return event.replyToId === undefined ? asSent(sent) : asReply(sent, result.position, viewer)
        }
      throw new Error(`a command on ${stream} sent no message`)
    }
    const sent = await read(stream, result.version)
    return asNow(sent, result.position, viewer)
  }
}

/** For a user who may no longer see a message that they sent. */
const withoutText = (message: MessageView): MessageView => ({
  ...message,
  content: null,
  contentHtml: null,
  metadata: null,
  clientMessageId: null,
  mentions: [],
})
