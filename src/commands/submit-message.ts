import { isRefused } from '../limits/rate-limit.js'
import type { Quota, Refusal } from '../limits/quota.js'
import type { MessageLimit } from './message-limit.js'
import type { Caller, InputOf, ResultOf, RunCommand } from './run-command.js'

/** The commands by which people say something. */
type Saying = 'sendMessage' | 'editMessage'

export interface TooManyMessages extends Refusal {
  kind: 'limited'
}

/** It holds what the installation does not take. */
export interface ContentRefused {
  kind: 'rejected'
  rejection: { code: 'content-refused' }
}

/** `quota` is where the person stands now; absent where there is no limit. */
export type Say<Name extends Saying> = (
  input: InputOf<Name> & { content: string },
  caller: Caller,
) => Promise<(ResultOf<Name> & { quota?: Quota }) | TooManyMessages | ContentRefused>

export type SendMessage = Say<'sendMessage'>
export type EditMessage = Say<'editMessage'>

export interface SubmitMessageDeps {
  run: RunCommand
  limit: MessageLimit
  /** Whether the installation does not take such words. */
  isRefused(content: string): boolean
}

/**
 * Says something within the person's limit, and nothing that is refused. A repeat does not count, and is answered also to those who are over
 * the limit, or whose words would be refused by now. What is refused counts, for looking for words costs more than sending them.
 */
export function createSubmitMessage<Name extends Saying>(
  name: Name,
  { run, limit, isRefused: isBad }: SubmitMessageDeps,
): Say<Name> {
  type Result = Awaited<ReturnType<Say<Name>>>

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
    const result = contents.some(isBad)
      ? await onlyRepeat(input, caller, contentRefused)
      : await run(name, input, caller)
    if (taken === null) return result
    if (result.kind !== 'repeated') return { ...result, quota: taken }
    await taken.giveBack()
    return { ...result, quota: { ...taken, remaining: taken.remaining + contents.length } }
  }
}

/** The further messages of one command. */
const moreOf = (input: InputOf<Saying>): readonly { content: string }[] => ('more' in input ? (input.more ?? []) : [])

const contentRefused: ContentRefused = { kind: 'rejected', rejection: { code: 'content-refused' } }
