import type { FailureReport } from '../async/outage.js'
import { createChainFollower } from '../audit/chain/chain-follower.js'
import type { ChainRow } from '../audit/chain/chain-rows.js'
import type { Checkpoint } from '../audit/checkpoints/checkpoint.js'
import { signCheckpoint } from '../audit/checkpoints/sign-checkpoint.js'
import { createSigningKeys, type SigningKeys } from '../audit/checkpoints/signing-keys.js'
import { startCheckpoints } from '../audit/checkpoints/start-checkpoints.js'
import { openProjection } from '../projections/engine/open-projection.js'
import { startRunner, type Runner } from '../projections/engine/runner.js'
import type { Config } from './config.js'
import type { Foundations } from './foundations.js'
import type { Releases } from './release.js'

/** The tamper-evident chain over the log. */
export interface AuditChain {
  runner: Runner
  keys: SigningKeys
  /** Signs what is new in the chain, at once; the last checkpoint, null where there is none. */
  sign(): Promise<Checkpoint | null>
}

/** Nobody waits for the chain, and few large transactions cost less than many small ones. */
const GATHER_MS = 250

/** Starts the follower that enters each event of the log in the chain. */
export async function startAuditChain(
  { databases: { main: pool, auditSigningKeys }, log, reader }: Foundations,
  clock: () => Date,
  report: FailureReport,
  releases: Releases,
): Promise<AuditChain> {
  const onForged = ({ ordinal, stream, version }: ChainRow): void =>
    report.onFailure('audit-chain-mac', new Error(`entry ${ordinal}, ${stream} ${version}: its MAC is wrong`))
  const follower = createChainFollower({ isAuthentic: (event) => reader.isAuthentic(event), onForged })
  const open = await openProjection(pool, follower, log)
  const runner = releases.add(startRunner(open, { log, pool, report, options: { gatherMs: GATHER_MS } }))
  const keys = createSigningKeys(auditSigningKeys)
  return { runner, keys, sign: () => signCheckpoint({ pool, keys, clock, minIntervalMs: 0 }) }
}

/** Signs at each interval. */
export const startSigning = (
  { auditCheckpointSeconds }: Config,
  { databases: { main: pool }, clock, chain }: Foundations & { clock: () => Date; chain: AuditChain },
  report: FailureReport,
  releases: Releases,
): void => {
  const intervalMs = auditCheckpointSeconds * 1000
  // Another node may have signed a moment ago.
  const sign = () => signCheckpoint({ pool, keys: chain.keys, clock, minIntervalMs: intervalMs / 2 })
  releases.add(startCheckpoints({ sign, intervalMs, report }))
}
