import { NIL } from 'uuid'
import type { Core } from './core.js'
import type { EventLog } from '../eventstore/event-log.js'
import { createRevocations, type Revocations } from '../identity/sessions/revocations.js'
import { createSessionCheck, type SessionCheck } from '../identity/sessions/session-check.js'
import { createOutage, type FailureReport } from '../async/outage.js'
import { withTimeout } from '../async/with-timeout.js'
import { createConfirmation } from '../projections/engine/confirmation.js'
import { followRevocations } from '../projections/revocations/follow-revocations.js'
import type { Releases } from './release.js'

/** Between the clocks of nodes, and between an event's time and that of a token issued beside it. */
const SLACK_MS = 10 * 60_000
const LOOK_UP_MS = 500
const FIRST_MS = 10_000

export interface RevocationOptions {
  /** As long as any token lasts. */
  tokenMs: number
  /** The log of which the head is asked. */
  log: Pick<EventLog, 'head'>
  print(line: string): void
  report: FailureReport
}

export interface RevocationFollowing {
  revocations: Revocations
  sessionCheck: SessionCheck
  /** Whether the check could let anybody in just now. */
  canTellSessions: () => Promise<boolean>
}

/** A token that nothing can be known against. */
const NOBODYS = { userId: NIL, sessionId: NIL, generation: 0 }

/**
 * Loads what was revoked within the last token lifetime, follows the log from exactly there, and waits until that is up to date; after
 * 10 s it starts anyway, and answers 503 until it is up to date.
 */
export async function startRevocations(
  core: Pick<Core, 'log' | 'reader' | 'clock' | 'revocations'>,
  { tokenMs, log, print, report }: RevocationOptions,
  releases: Releases,
): Promise<RevocationFollowing> {
  const { clock } = core
  const keepMs = tokenMs + SLACK_MS
  const revocations = createRevocations({ clock, keepMs })
  const loaded = await core.revocations.load(new Date(clock().getTime() - keepMs))
  loaded.revocations.forEach(revocations.note)
  const { progress } = releases.add(
    followRevocations({ ...core, after: loaded.checkpoint, note: revocations.note, report }),
  )
  const outage = createOutage('session-check', report)
  const confirmation = releases.add(createConfirmation({ log, progress, outage }))
  const lookUp: Parameters<typeof createSessionCheck>[0]['lookUp'] = (token, head) =>
    withTimeout(LOOK_UP_MS, core.revocations.lookUp(token, head))

  const isReady = await progress.reached(await core.log.head(), { timeoutMs: FIRST_MS })
  if (!isReady) print('Revoked sessions are still being read from the log: until then, requests are answered 503')
  const sessionCheck = createSessionCheck({ revocations, confirmation, lookUp, outage })
  return { revocations, sessionCheck, canTellSessions: async () => (await sessionCheck(NOBODYS)) === null }
}
