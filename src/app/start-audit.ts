import type { FailureReport } from '../async/outage.js'
import { createAnchorCheckpoint } from '../audit/anchors/anchor-checkpoint.js'
import { checkLog } from '../audit/chain/check-log.js'
import { createChainFollower } from '../audit/chain/chain-follower.js'
import type { ChainRow } from '../audit/chain/chain-rows.js'
import type { Checkpoint } from '../audit/checkpoints/checkpoint.js'
import { signCheckpoint } from '../audit/checkpoints/sign-checkpoint.js'
import { createSigningKeys, type SigningKeys } from '../audit/checkpoints/signing-keys.js'
import { startCheckpoints } from '../audit/checkpoints/start-checkpoints.js'
import { createVerifications, type Verifications } from '../audit/verification/verifications.js'
import { verifyChain, type Verification, type VerifyOptions } from '../audit/verification/verify-chain.js'
import { streamKinds } from '../commands/catalogue/stream-kinds.js'
import { findAlteredSnapshots } from '../commands/pipeline/altered-snapshots.js'
import { openProjection } from '../projections/engine/open-projection.js'
import { startRunner, type Runner } from '../projections/engine/runner.js'
import type { Config } from './config.js'
import type { Foundations } from './foundations.js'
import type { Releases } from './release.js'

/** The tamper-evident chain over the log. */
export interface AuditChain {
  runner: Runner
  keys: SigningKeys
  verify: Verify
  /** Signs what is new in the chain, at once; the last checkpoint, null where there is none. */
  sign(): Promise<Checkpoint | null>
}

/** `log`: with the log; `table`: the chain's tables alone. */
export type Verify = (against: 'log' | 'table', options: VerifyOptions) => Promise<Verification>

export const createVerify =
  (
    { databases: { main: pool }, log, reader }: Foundations,
    { keys, anchorFiles }: { keys: SigningKeys; anchorFiles: readonly string[] },
  ): Verify =>
  (against, options) =>
    verifyChain(
      {
        pool,
        log: against === 'log' ? log : null,
        keys,
        anchorFiles,
        isAuthentic: (event) => reader.isAuthentic(event),
        alteredSnapshots: (signal) =>
          findAlteredSnapshots({ pool, log, decode: (event) => reader.decode(event), kinds: streamKinds, signal }),
      },
      options,
    )

/** The files among the anchors. */
export const anchorFilesOf = ({ auditAnchors }: Config): string[] =>
  auditAnchors.flatMap(({ kind, location }) => (kind === 'file' ? [location] : []))

/** Nobody waits for the chain, and few large transactions cost less than many small ones. */
const GATHER_MS = 250

/** Starts the follower that enters each event of the log in the chain. */
export async function startAuditChain(
  config: Config,
  foundations: Foundations,
  clock: () => Date,
  report: FailureReport,
  releases: Releases,
): Promise<AuditChain> {
  const { databases, log, reader } = foundations
  const { main: pool } = databases
  const onForged = ({ ordinal, stream, version }: ChainRow): void =>
    report.onFailure('audit-chain-mac', new Error(`entry ${ordinal}, ${stream} ${version}: its MAC is wrong`))
  const follower = createChainFollower({ isAuthentic: (event) => reader.isAuthentic(event), onForged })
  const open = await openProjection(pool, follower, log)
  await checkLog(pool, log)
  const runner = releases.add(
    startRunner(open, {
      log,
      pool,
      report,
      options: { gatherMs: GATHER_MS, mayLead: config.roles.includes('projector') },
    }),
  )
  const keys = createSigningKeys(databases.auditSigningKeys)
  return {
    runner,
    keys,
    verify: createVerify(foundations, { keys, anchorFiles: anchorFilesOf(config) }),
    sign: () => signCheckpoint({ pool, keys, clock, minIntervalMs: 0 }),
  }
}

export const startVerifications = (
  { databases: { main: pool }, chain }: { databases: Foundations['databases']; chain: AuditChain },
  report: FailureReport,
  releases: Releases,
): Verifications =>
  releases.add(createVerifications({ pool, verify: (options) => chain.verify('log', options), report }))

/** Signs at each interval. */
export const startSigning = (
  { auditCheckpointSeconds, auditAnchors: targets }: Config,
  { databases: { main: pool }, clock, chain }: Foundations & { clock: () => Date; chain: AuditChain },
  report: FailureReport,
  releases: Releases,
): void => {
  const intervalMs = auditCheckpointSeconds * 1000
  // Another node may have signed a moment ago.
  const signing = { pool, keys: chain.keys, clock, minIntervalMs: intervalMs / 2 }
  const anchor = createAnchorCheckpoint({ pool, targets, clock, report })
  const sign = async () => anchor(await signCheckpoint(signing))
  releases.add(startCheckpoints({ sign, intervalMs, report }))
}
