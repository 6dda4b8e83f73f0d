import { sha256 } from '../../src/audit/chain/chain-entry.js'
import { withCore, withFoundations } from './with-core.js'

/** Verifies the audit chain, with the log or the tables alone, once it and all projections have every event; entries a second. */
export const verifiedEntries = ({ against }: { against: 'log' | 'table' }): Promise<number> =>
  withCore(async ({ log, chain, runners }) => {
    const head = await log.head()
    await Promise.all([chain.runner, ...Object.values(runners)].map(({ progress }) => progress.reached(head)))
    const began = performance.now()
    const { done, ok } = await chain.verify(against, {
      onProgress: () => undefined,
      signal: new AbortController().signal,
    })
    if (!ok) throw new Error('the audit chain differs')
    return (done * 1000) / (performance.now() - began)
  })

const digests = (...texts: string[]): string[] => texts.map(sha256)

/** Reads the whole log, and computes nothing but the digests of data and metadata; events a second. */
export const digestedEvents = ({ pageSize }: { pageSize: number }): Promise<number> =>
  withFoundations(async ({ log }) => {
    const began = performance.now()
    let count = 0
    for (let after = log.start; ;) {
      const { events, position } = await log.readAll(after, pageSize)
      if (events.length === 0) return (count * 1000) / (performance.now() - began)
      for (const { data, metadata } of events) digests(data, metadata)
      count += events.length
      after = position
    }
  })
