import type { NotReplayed } from '../../replay/fill-chat.js'
import { CommandFailedError } from '../command-errors.js'

type Code = NotReplayed | 'user-not-found' | 'unknown-position'

const TEXTS: Record<Code, string> = {
  'chat-not-found': 'There is no such chat',
  'user-not-found': 'There is no such user',
  'not-created-yet': 'It did not exist at that moment',
  'unknown-version': 'The chat has not come to this version yet',
  'unknown-position': 'The position is not of this log, or not reached yet',
}

/** @throws CommandFailedError where nothing was replayed */
export function unwrapReplayed<Answer>(
  replayed: { kind: 'found'; answer: Answer } | { kind: 'rejected'; code: Code },
): Answer {
  if (replayed.kind === 'rejected') throw new CommandFailedError(TEXTS[replayed.code])
  return replayed.answer
}
