import type { z } from 'zod'
import type { Caller, RunCommand } from '../commands/run-command.js'
import type { EditMessage, SendMessage } from '../commands/submit-message.js'
import type { Position } from '../eventstore/event-log.js'
import type { SessionCheck } from '../identity/sessions/session-check.js'
import type { Claims, Tokens } from '../identity/sessions/tokens.js'
import type { RenderSentMessage } from './render-sent-message.js'
import type { clientEventSchemas, ClientEventName } from './protocol.js'
import type { Session } from './session.js'

/** Who sends a client event. */
export interface Sender {
  caller: Omit<Caller, 'key'>
  session: Session
  /** Puts a new token in the place of the old one. */
  renew: (claims: Claims) => void
}

/** What the ack says beside `ok`, or why not: whatever `problemOf` takes. */
export type Reply = { extra: object } | { fault: unknown }

export interface ClientEventDeps {
  run: RunCommand
  sendMessage: SendMessage
  editMessage: EditMessage
  renderSentMessage: RenderSentMessage
  tokens: Pick<Tokens, 'verify'>
  sessionCheck: SessionCheck
}

type Handler<Name extends ClientEventName> = (
  input: z.infer<(typeof clientEventSchemas)[Name]>,
  sender: Sender,
  /** For what has to be said before the handler ends. */
  reply: (extra: object) => void,
) => Promise<Reply>

export type ClientEventHandlers = { [Name in ClientEventName]: Handler<Name> }

/** What sockets can ask for: the same commands as over REST. @throws what `RunCommand` throws */
export function createClientEvents({
  run,
  sendMessage,
  editMessage,
  renderSentMessage,
  tokens,
  sessionCheck,
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
      if (result.kind === 'rejected' || result.kind === 'limited' || result.kind === 'unchanged')
        return { fault: result }
      return { extra: { message: await renderSentMessage(result, chatId, caller.userId), position: result.position } }
    },

    edit_message: async (input, { caller }) => done(await editMessage(input, { ...caller, key: null })),

    delete_message: async (input, { caller }) => done(await run('deleteMessage', input, { ...caller, key: null })),

    react: async (input, { caller }) => done(await run('react', input, { ...caller, key: null })),

    join_chat: async (input, { caller }) => done(await run('joinChat', input, { ...caller, key: null })),

    leave_chat: async (input, { caller }) => done(await run('leaveChat', input, { ...caller, key: null })),

    read: async (input, { caller }) => done(await run('markRead', input, { ...caller, key: null })),

    async sync({ cursors }, { session }, reply) {
      await session.sync(cursors, (behind) => reply({ behind }))
      return { extra: {} }
    },

    async authenticate({ token }, { caller, renew }) {
      const claims = tokens.verify(token)
      if ('code' in claims) return { fault: claims }
      const isSame = claims.userId === caller.userId && claims.sessionId === caller.client?.session
      if (!isSame) return { fault: { code: 'not-authorized' } }
      const refused = await sessionCheck(claims)
      if (refused !== null) return { fault: refused }
      renew(claims)
      return { extra: {} }
    },
  }
}

const done = (result: { kind: 'rejected' | 'limited' } | { kind: string; position: Position }): Reply =>
  'position' in result ? { extra: { position: result.position } } : { fault: result }
