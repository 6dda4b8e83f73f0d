import { isRefused } from '../limits/rate-limit.js'
import type { Quota, Refusal } from '../limits/quota.js'
import type { MessageLimit } from './message-limit.js'
import type { Caller, InputOf, ResultOf, RunCommand } from './run-command.js'

/** The commands that carry content. */
type ContentCommand = 'sendMessage' | 'editMessage'

export interface TooManyMessages extends Refusal {
  kind: 'limited'
}

/** It holds what the installation does not take. */
export interface ContentRefused {
  kind: 'rejected'
  rejection: { code: 'content-refused' }
}

/** `quota` is the user's rate limit as it is now; absent where there is no limit. */
export type Submit<Name extends ContentCommand> = (
  input: InputOf<Name> & { content: string },
  caller: Caller,
) => Promise<(ResultOf<Name> & { quota?: Quota }) | TooManyMessages | ContentRefused>

export type SendMessage = Submit<'sendMessage'>
export type EditMessage = Submit<'editMessage'>

export interface SubmitMessageDeps {
  run: RunCommand
  limit: MessageLimit
  /** Whether this user may not send one of these contents. */
  isRefused(contents: readonly string[], userId: string): Promise<boolean>
}

/**
 * Submits content within the user's rate limit, unless it is refused. A repeat does not count, and is answered also over the limit, or where the
 * content would be refused by now. Refused content counts: otherwise anyone could test words without limit.
 */
export function createSubmitMessage<Name extends ContentCommand>(
  name: Name,
  { run, limit, isRefused: isBad }: SubmitMessageDeps,
): Submit<Name> {
  type Result = Awaited<ReturnType<Submit<Name>>>

  /** What a repeat is answered; anything else gets `otherwise`. */
  async function onlyRepeat(input: InputOf<Name>, caller: Caller, otherwise: Result): Promise<Result> {
    if (caller.key === null) return otherwise
    const result = await run(name, input, { ...caller, onlyRepeat: true })
    const isNew = result.kind === 'rejected' && (result.rejection as { code: string }).code === 'not-a-repeat'
    return isNew ? otherwise : result
  }

  return async (input, caller) => {
    const contents = [input.content, ...moreOf(input).map(({ content }) => content)]
    const taken = await limit.take(caller.userId, contents.length)
    if (taken !== null && isRefused(taken)) {
      const answer = await onlyRepeat(input, caller, { kind: 'limited', ...taken })
      return answer.kind === 'limited' ? answer : { ...answer, quota: taken }
    }
    const result = (await isBad(contents, caller.userId))
      ? await onlyRepeat(input, caller, contentRefused)
      : await run(name, input, caller)
    if (taken === null) return result
    if (result.kind !== 'repeated') return { ...result, quota: taken }
    await taken.giveBack()
    return { ...result, quota: { ...taken, remaining: taken.remaining + contents.length } }
  }
}

/** The further messages of one command. */
const moreOf = (input: InputOf<ContentCommand>): readonly { content: string }[] =>
  'more' in input ? (input.more ?? []) : []

const contentRefused: ContentRefused = { kind: 'rejected', rejection: { code: 'content-refused' } }
