import { isRefused } from '../limits/limit.js'
import type { Quota, Refusal } from '../limits/quota.js'
import type { SendMessageInput } from './message-commands.js'
import type { MessageLimit } from './message-limit.js'
import type { Caller, ResultOf, RunCommand } from './run-command.js'

export interface TooManyMessages extends Refusal {
  kind: 'limited'
}

/** It holds what the installation does not take. */
export interface ContentRefused {
  kind: 'rejected'
  rejection: { code: 'content-refused' }
}

/** `quota` is where the person stands now; absent where there is no limit. */
export type SendMessage = (
  input: SendMessageInput,
  caller: Caller,
) => Promise<(ResultOf<'sendMessage'> & { quota?: Quota }) | TooManyMessages | ContentRefused>

/** Sends within the person's limit; a repeat does not count, and is answered also to those who are over it. */
export function createSendMessage(run: RunCommand, limit: MessageLimit): SendMessage {
  return async (input, caller) => {
    const taken = await limit.take(caller.userId)
    if (taken === null) return run('sendMessage', input, caller)
    if (!isRefused(taken)) {
      const result = await run('sendMessage', input, caller)
      if (result.kind !== 'repeated') return { ...result, quota: taken }
      await taken.giveBack()
      return { ...result, quota: { ...taken, remaining: taken.remaining + 1 } }
    }
    if (caller.key === null) return { kind: 'limited', ...taken }
    const result = await run('sendMessage', input, { ...caller, onlyRepeat: true })
    const isNew = result.kind === 'rejected' && result.rejection.code === 'not-a-repeat'
    return isNew ? { kind: 'limited', ...taken } : { ...result, quota: taken }
  }
}
