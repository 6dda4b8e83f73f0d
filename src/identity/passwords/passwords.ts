import { availableParallelism } from 'node:os'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { limitConcurrency } from '../../async/limit-concurrency.js'

/** OWASP's choice for argon2id: about 10 ms of one core and 19 MiB each. They stand in every hash, so that they can be raised. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Of a password that nobody knows, at the same cost. */
export const NOBODYS =
  '$argon2id$v=19$m=19456,t=2,p=1$xm/4HNBBleh2W/OS5DRhug$O1OfSEHRYu1bLyM6sGMmXse/flQXWYaKWctTJXdpxrQ'

const MAX_WAITING = 100

/** So many passwords wait already that another would only make all slower; nothing was done. */
export class TooBusyError extends Error {
  override readonly name = 'TooBusyError'
}

/** The same characters are the same password, whichever way their accents were typed. */
export interface Passwords {
  /** @throws TooBusyError */
  hash: (password: string) => Promise<string>
  /**
   * Null stands for "no such account": the same work, never right.
   * @throws TooBusyError
   */
  verify: (passwordHash: string | null, password: string) => Promise<boolean>
  /** Whether it was made at a lower cost than new ones are. */
  isOutdated: (passwordHash: string) => boolean
}

/** At most one a core at a time, for each fills a core and its caches; at most 100 wait. */
export function createPasswords(atOnce: number = availableParallelism()): Passwords {
  const inTurn = limitConcurrency(atOnce)
  let pending = 0

  async function bounded<Result>(work: () => Promise<Result>): Promise<Result> {
    if (pending >= atOnce + MAX_WAITING) throw new TooBusyError('too many passwords wait to be checked')
    pending++
    try {
      return await inTurn(work)
    } finally {
      pending--
    }
  }

  return {
    hash: (password) => bounded(() => hash(password.normalize('NFC'), COST)),
    verify: (passwordHash, password) => bounded(() => verify(passwordHash ?? NOBODYS, password.normalize('NFC'))),
    isOutdated(passwordHash) {
      const { memoryCost, timeCost, parallelism } = parseOptions(passwordHash)
      return memoryCost < COST.memoryCost || timeCost < COST.timeCost || parallelism < COST.parallelism
    },
  }
}
