import { NIL } from 'uuid'
import type { Core } from './core.js'
import type { EventLog } from './eventstore/event-log.js'
import { createRevocations, type Revocations } from './identity/revocations.js'
import { createSessionGate, type SessionGate } from './identity/session-gate.js'
import { within } from './eventstore/within.js'
import { createConfirmation } from './projections/confirmation.js'
import { followRevocations } from './projections/follow-revocations.js'
import type { Releases } from './release.js'

/** Between the clocks of nodes, and between an event's time and that of a token issued beside it. */
const SLACK_MS = 10 * 60_000
const LOOK_UP_MS = 500
const FIRST_MS = 10_000

export interface RevocationGateOptions {
  /** As long as any token lasts. */
  tokenMs: number
  /** The log of which the head is asked. */
  log: Pick<EventLog, 'head'>
  say(line: string): void
  onFailure(error: unknown): void
}

export interface RevocationGate {
  revocations: Revocations
  gate: SessionGate
  /** Whether the gate could let anybody in just now. */
  canTellSessions: () => Promise<boolean>
}

/** A token that nothing can be known against. */
const NOBODYS = { userId: NIL, sessionId: NIL, generation: 0 }

/**
 * Loads what was revoked within the last token lifetime, follows the log from exactly there, and waits until that is up to date; after
 * 10 s it goes on without, and whoever comes is asked to wait.
 */
export async function openRevocationGate(
  core: Pick<Core, 'log' | 'reader' | 'clock' | 'revocations'>,
  { tokenMs, log, say, onFailure }: RevocationGateOptions,
  releases: Releases,
): Promise<RevocationGate> {
  const { clock } = core
  const keepMs = tokenMs + SLACK_MS
  const revocations = createRevocations({ clock, keepMs })
  const loaded = await core.revocations.load(new Date(clock().getTime() - keepMs))
  loaded.revocations.forEach(revocations.note)
  const { progress } = releases.add(
    followRevocations({ ...core, after: loaded.checkpoint, note: revocations.note, onFailure }),
  )
  const confirmation = releases.add(createConfirmation({ log, progress }))
  const lookUp: Parameters<typeof createSessionGate>[0]['lookUp'] = (token, head) =>
    within(LOOK_UP_MS, core.revocations.lookUp(token, head))

  const isReady = await progress.reached(await core.log.head(), { timeoutMs: FIRST_MS })
  if (!isReady) say('Revoked sessions are still being read from the log; requests wait for it')
  const gate = createSessionGate({ revocations, confirmation, lookUp })
  return { revocations, gate, canTellSessions: async () => (await gate(NOBODYS)) === null }
}
