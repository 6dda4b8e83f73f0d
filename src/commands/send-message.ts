import type { SendMessageInput } from './command-list.js'
import type { MessageLimit } from './message-limit.js'
import type { Caller, ResultOf, RunCommand } from './run-command.js'

export interface TooManyMessages {
  kind: 'limited'
  retryAfterMs: number
}

/** It holds what the installation does not take. */
export interface ContentRefused {
  kind: 'rejected'
  rejection: { code: 'content-refused' }
}

export type SendMessage = (
  input: SendMessageInput,
  caller: Caller,
) => Promise<ResultOf<'sendMessage'> | TooManyMessages | ContentRefused>

/** Sends within the person's limit; a repeat does not count, and is answered also to those who are over it. */
export function createSendMessage(run: RunCommand, limit: MessageLimit): SendMessage {
  return async (input, caller) => {
    const retryAfterMs = await limit.take(caller.userId)
    if (retryAfterMs === null) {
      const result = await run('sendMessage', input, caller)
      if (result.kind === 'repeated') await limit.giveBack(caller.userId)
      return result
    }
    if (caller.key === null) return { kind: 'limited', retryAfterMs }
    const result = await run('sendMessage', input, { ...caller, onlyRepeat: true })
    const isNew = result.kind === 'rejected' && result.rejection.code === 'not-a-repeat'
    return isNew ? { kind: 'limited', retryAfterMs } : result
  }
}
