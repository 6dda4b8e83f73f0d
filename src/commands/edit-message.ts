import type { Caller, InputOf, ResultOf, RunCommand } from './run-command.js'
import type { ContentRefused } from './send-message.js'

export type EditMessage = (
  input: InputOf<'editMessage'>,
  caller: Caller,
) => Promise<ResultOf<'editMessage'> | ContentRefused>

/** What may not be sent may not be put in the place of what was, either; a repeat of what was taken gets its answer. */
export const createEditMessage =
  (run: RunCommand, isRefused: (content: string) => boolean): EditMessage =>
  async (input, caller) => {
    if (!isRefused(input.content)) return run('editMessage', input, caller)
    if (caller.key === null) return contentRefused
    const result = await run('editMessage', input, { ...caller, onlyRepeat: true })
    const isNew = result.kind === 'rejected' && result.rejection.code === 'not-a-repeat'
    return isNew ? contentRefused : result
  }

const contentRefused: ContentRefused = { kind: 'rejected', rejection: { code: 'content-refused' } }
