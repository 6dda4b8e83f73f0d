import type { z } from 'zod'
import type { Caller, RunCommand } from '../commands/run-command.js'
import type { EditMessage, SendMessage } from '../commands/submit-message.js'
import type { Position } from '../eventstore/event-log.js'
import type { Refusal } from '../limits/quota.js'
import type { Authenticate } from '../requests/authenticate.js'
import { RequestRefused } from '../requests/request-refused.js'
import type { Claims } from '../identity/sessions/tokens.js'
import type { RenderSentMessage } from './render-sent-message.js'
import type { clientEventSchemas, ClientEventName } from './protocol.js'
import type { Session } from './session.js'
import type { Typing } from './typing.js'

/** Who sends a client event. */
export interface Sender {
  caller: Omit<Caller, 'key'>
  session: Session
  /** Whether the socket receives what happens in the chat. */
  isInChat: (chatId: string) => boolean
  /** Puts a new token in the place of the old one. */
  renew: (claims: Claims) => void
}

export interface ClientEventDeps {
  run: RunCommand
  sendMessage: SendMessage
  editMessage: EditMessage
  renderSentMessage: RenderSentMessage
  authenticate: Authenticate
  typing: Pick<Typing, 'announce'>
  isParticipant(chatId: string, userId: string): Promise<boolean>
}

type Handler<Name extends ClientEventName> = (
  input: z.infer<(typeof clientEventSchemas)[Name]>,
  sender: Sender,
  /** Acknowledges before the handler ends. */
  reply: (extra: object) => void,
) => Promise<object>

export type ClientEventHandlers = { [Name in ClientEventName]: Handler<Name> }

/**
 * What clients can ask for on sockets: the same commands as over REST. Each gives what its ack holds beside `ok`.
 * @throws RequestRefused, and what `RunCommand` throws
 */
export function createClientEvents({
  run,
  sendMessage,
  editMessage,
  renderSentMessage,
  authenticate,
  typing,
  isParticipant,
}: ClientEventDeps): ClientEventHandlers {
  return {
    async send_message({ chatId, content, type, metadata, clientMessageId, replyTo }, { caller }) {
      const key = clientMessageId === undefined ? null : { value: clientMessageId }
      const input = {
        chatId,
        messageType: type,
        content,
        metadata,
        clientMessageId: clientMessageId ?? null,
        ...(replyTo && { replyTo }),
      }
      const result = await sendMessage(input, { ...caller, key })
      if (result.kind === 'rejected' || result.kind === 'limited') throw new RequestRefused(result)
      if (result.kind === 'unchanged') throw new Error('a message was sent and changed nothing')
      return { message: await renderSentMessage(result, chatId, caller.userId), position: result.position }
    },

    edit_message: async (input, { caller }) => done(await editMessage(input, { ...caller, key: null })),

    delete_message: async (input, { caller }) => done(await run('deleteMessage', input, { ...caller, key: null })),

    react: async (input, { caller }) => done(await run('react', input, { ...caller, key: null })),

    join_chat: async (input, { caller }) => done(await run('joinChat', input, { ...caller, key: null })),

    leave_chat: async (input, { caller }) => done(await run('leaveChat', input, { ...caller, key: null })),

    read: async (input, { caller }) => done(await run('markRead', input, { ...caller, key: null })),

    async typing({ chatId }, { caller: { userId }, isInChat }) {
      // the socket of a user who has just joined may not be there yet
      if (!isInChat(chatId) && !(await isParticipant(chatId, userId)))
        throw new RequestRefused({ code: 'not-a-participant' })
      typing.announce({ chatId, userId })
      return {}
    },

    async sync({ cursors }, { session }, reply) {
      await session.sync(cursors, (behind) => reply({ behind }))
      return {}
    },

    async authenticate({ token }, { caller, renew }) {
      const claims = await authenticate(token)
      const isSame = claims.userId === caller.userId && claims.sessionId === caller.client?.session
      if (!isSame) throw new RequestRefused({ code: 'not-authorized' })
      renew(claims)
      return {}
    },
  }
}

function done(
  result: { kind: 'rejected'; rejection: { code: string } } | ({ kind: 'limited' } & Refusal) | Done,
): object {
  if (result.kind === 'rejected' || result.kind === 'limited') throw new RequestRefused(result)
  return { position: result.position }
}

interface Done {
  kind: 'done' | 'repeated' | 'unchanged'
  position: Position
}
