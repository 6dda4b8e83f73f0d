import fc from 'fast-check'
import type { RunCommand } from '../../src/commands/run-command.js'
import type { Randoms } from '../support/randoms.js'
import { openCast } from './cast.js'
import { act, type ImportDirectory } from './perform.js'
import { acts } from './steps.js'

export interface LongHistoryOptions {
  seed: number
  /** How many events there are to be at least. */
  events: number
  /** Called now and then between commands; nothing happens in these chats meanwhile. */
  onPause(cast: ImportDirectory): Promise<void>
}

/** So many commands are sent between two pauses, and so often in the same chats: later, much is refused, since users leave and chats are archived. */
const COMMANDS = 100
const ROUNDS = 3

/** Five users at a time do random things in chats of their own, until there are enough events; with new chats every few hundred commands. */
export async function playLongHistory(
  run: RunCommand,
  groups: readonly (readonly string[])[],
  options: LongHistoryOptions,
): Promise<ImportDirectory[]> {
  const share = options.events / groups.length
  const casts = await Promise.all(
    groups.map(async (users, index) => {
      const played: ImportDirectory[] = []
      for (let seed = options.seed + index; sumOf(played.map(eventsOf)) < share; seed += groups.length)
        played.push(await playChats(run, users, { ...options, seed }))
      return played
    }),
  )
  return casts.flat()
}

async function playChats(
  run: RunCommand,
  users: readonly string[],
  { seed, onPause }: LongHistoryOptions,
): Promise<ImportDirectory> {
  const cast = await openCast(run, users)
  for (let round = 0; round < ROUNDS; round++) {
    await playRound(run, cast, seed * ROUNDS + round)
    await onPause(cast)
  }
  return cast
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

const eventsOf = ({ told }: ImportDirectory): number =>
  sumOf(told.map(({ kind, versions }) => (kind === 'done' ? versions.length : 0)))

/** Commands that go out together with the one before it wait for no answer. */
export async function playRound(run: RunCommand, cast: ImportDirectory, seed: number): Promise<void> {
  let waiting: Promise<void>[] = []
  for (const step of fc.sample(fc.noBias(acts), { seed, numRuns: COMMANDS })) {
    if (!step.together) {
      await Promise.all(waiting)
      waiting = []
    }
    waiting.push(act(run, { ...step, key: null }, cast))
  }
  await Promise.all(waiting)
}

export const pickFrom = <Item>(items: readonly Item[], { below }: Randoms): Item => items[below(items.length)]!
