import { availableParallelism } from 'node:os'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import pLimit from 'p-limit'

/** OWASP's recommendation for argon2id: about 10 ms of one core and 19 MiB each. Every hash contains them, so they can be raised. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Verified for unknown accounts, at the same cost: the hash of a random password. */
export const UNKNOWN_ACCOUNT_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$xm/4HNBBleh2W/OS5DRhug$O1OfSEHRYu1bLyM6sGMmXse/flQXWYaKWctTJXdpxrQ'

const MAX_WAITING = 100

/** The queue of password checks is full; nothing was done. */
export class TooBusyError extends Error {
  override readonly name = 'TooBusyError'
}

/** Passwords are compared in NFC, so that accents typed in different ways are the same. */
export interface Passwords {
  /** @throws TooBusyError */
  hash: (password: string) => Promise<string>
  /**
   * Null stands for an unknown account: the same work, and never right.
   * @throws TooBusyError
   */
  verify: (passwordHash: string | null, password: string) => Promise<boolean>
  /** Whether it was made with lower cost parameters than new hashes. */
  isOutdated: (passwordHash: string) => boolean
}

/** At most one per core at a time, since each fills a core and its caches; at most 100 wait. */
export function createPasswords(maxConcurrent: number = availableParallelism()): Passwords {
  const limited = pLimit(maxConcurrent)
  let pending = 0

  async function bounded<Result>(work: () => Promise<Result>): Promise<Result> {
    if (pending >= maxConcurrent + MAX_WAITING) throw new TooBusyError('the queue of password checks is full')
    pending++
    try {
      return await limited(work)
    } finally {
      pending--
    }
  }

  return {
    hash: (password) => bounded(() => hash(password.normalize('NFC'), COST)),
    verify: (passwordHash, password) =>
      bounded(() => verify(passwordHash ?? UNKNOWN_ACCOUNT_HASH, password.normalize('NFC'))),
    isOutdated(passwordHash) {
      const { memoryCost, timeCost, parallelism } = parseOptions(passwordHash)
      return memoryCost < COST.memoryCost || timeCost < COST.timeCost || parallelism < COST.parallelism
    },
  }
}
