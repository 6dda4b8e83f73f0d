import { randomUUID } from 'node:crypto'
import { withCore } from './with-core.js'

export interface Fill {
  /** Each with people who are in it, and how many messages it gets. */
  chats: { chatId: string; userIds: string[]; messages: number }[]
}

const MAX_WAITING = 512

/** Puts messages into chats by the commands that clients send, faster than over HTTP; messages a second, projections included. */
export const fill = ({ chats }: Fill): Promise<number> =>
  withCore(async ({ run, log, runners }) => {
    const began = performance.now()
    const waiting = new Set<Promise<void>>()
    let sent = 0

    async function send(chatId: string, userId: string): Promise<void> {
      const content = `Message ${sent++} of those that were there before: nobody will ever read it again.`
      const input = { chatId, messageType: 'text', content, metadata: null, clientMessageId: null }
      const caller = { userId, origin: 'import', correlationId: randomUUID(), key: null, client: null } as const
      const result = await run('sendMessage', input, caller)
      if (result.kind === 'rejected') throw new Error(`filling: ${result.rejection.code}`)
    }

    for (const { chatId, userIds, messages } of chats) {
      for (let message = 0; message < messages; message++) {
        const sending: Promise<void> = send(chatId, userIds[message % userIds.length] ?? '').finally(() =>
          waiting.delete(sending),
        )
        waiting.add(sending)
        if (waiting.size >= MAX_WAITING) await Promise.race(waiting)
      }
    }
    await Promise.all(waiting)
    const head = await log.head()
    await Promise.all(Object.values(runners).map(({ progress }) => progress.reached(head)))
    return (sent * 1000) / (performance.now() - began)
  })
