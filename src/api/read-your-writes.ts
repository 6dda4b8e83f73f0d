import type { IncomingHttpHeaders } from 'node:http'
import { UnknownPositionError } from '../eventstore/event-log.js'
import type { OwnWrites } from '../projections/engine/own-writes.js'
import type { SharedOwnWrites } from '../requests/own-writes-in-redis.js'
import type { Progress } from '../followers/progress.js'
import { ProblemError } from './problem-details.js'

export interface ReadYourWrites {
  /**
   * Waits until a query sees its asker's own last command, and what was written up to the position that its headers name. False
   * where it does not, but the headers say that a stale answer will do.
   * @throws ProblemError `projection-behind`, `unknown-position`
   */
  fresh(userId: string, headers: IncomingHttpHeaders): Promise<boolean>
  /** Waits until what a command wrote can be read. @throws ProblemError `projection-behind`: the command is done */
  written(position: string): Promise<void>
}

export interface ReadYourWritesDeps {
  /** Of the projection that queries read. */
  progress: Progress
  ownWrites: OwnWrites
  /** Of commands on other nodes; null where nodes share nothing. */
  sharedWrites: Pick<SharedOwnWrites, 'lastOf'> | null
  /** Of the log. */
  head: () => Promise<string>
  comparePositions: (a: string, b: string) => number
}

export function createReadYourWrites(deps: ReadYourWritesDeps, timeoutMs: number): ReadYourWrites {
  const { progress, ownWrites, sharedWrites, head, comparePositions } = deps
  const reached = async (position: string | null): Promise<boolean> =>
    position === null || progress.reached(position, { timeoutMs })

  async function check(position: string): Promise<void> {
    // A position that the projection has examined is in the log; the log itself is asked only for later ones.
    if (compared(position, progress.position) <= 0) return
    if (compared(position, await head()) > 0) throw new ProblemError('unknown-position')
  }

  function compared(given: string, known: string): number {
    try {
      return comparePositions(given, known)
    } catch (cause) {
      if (cause instanceof UnknownPositionError) throw new ProblemError('unknown-position', { cause })
      throw cause
    }
  }

  return {
    async fresh(userId, headers) {
      const own = ownWrites.of(userId)
      const given = textOf(headers['parley-position'])
      if (given !== null) await check(given)
      const elsewhere = (await sharedWrites?.lastOf(userId)) ?? null
      const [hasOwn, ...others] = await Promise.all([reached(own), reached(given), reached(elsewhere)])
      if (own !== null && hasOwn) ownWrites.examined(userId, own)
      if (hasOwn && others.every((has) => has)) return true
      if (takesStale(headers['prefer'])) return false
      throw new ProblemError('projection-behind', { detail: 'What you wrote cannot be read yet; try again' })
    },
    async written(position) {
      if (await reached(position)) return
      throw new ProblemError('projection-behind', { detail: 'The command is done, but its result cannot be read yet' })
    },
  }
}

const textOf = (header: string | string[] | undefined): string | null => (header === undefined ? null : String(header))

const takesStale = (prefer: string | string[] | undefined): boolean =>
  (textOf(prefer) ?? '').split(',').some((preference) => preference.trim().toLowerCase() === 'stale-ok')
