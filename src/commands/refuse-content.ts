import type { ContentRefused, SendMessage } from './send-message.js'

/**
 * Sends nothing that is refused. What was accepted before, perhaps under another list, still gets its first answer when it is
 * repeated.
 */
export const refusingContent =
  (isRefused: (content: string) => boolean, sendMessage: SendMessage): SendMessage =>
  async (input, caller) => {
    if (!isRefused(input.content)) return sendMessage(input, caller)
    if (caller.key === null) return contentRefused
    const result = await sendMessage(input, { ...caller, onlyRepeat: true })
    const isNew = result.kind === 'rejected' && result.rejection.code === 'not-a-repeat'
    return isNew ? contentRefused : result
  }

const contentRefused: ContentRefused = { kind: 'rejected', rejection: { code: 'content-refused' } }
