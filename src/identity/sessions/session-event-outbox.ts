import type { Pool } from 'pg'
import { v5 as uuidv5 } from 'uuid'
import type { Caller, RunCommand } from '../../commands/run-command.js'
import type { ClientInfo, RequestInfo } from '../../domain/client-info.js'
import type { RevocationReason } from '../../domain/user/events.js'
import { CommandRejectedError } from '../command-rejected-error.js'

/** Who changes sessions, and through which session of theirs; null: through none. */
export interface Actor extends RequestInfo {
  sessionId: string | null
}

/**
 * A transactional outbox. Sessions and passwords are rows of the main database, and their events belong into the log; a flag on each row
 * says whether its event has been appended. Every event has a command id derived from what it reports, so appending it twice has no
 * effect. It is appended at once by the request that changed the row, or after a crash by the next request or housekeeping run.
 */
export interface SessionEventOutbox {
  /** Appends what is pending for one user. @throws what a command throws; the rows stand, and the events are appended later */
  publish(userId: string, actor: Actor | null): Promise<void>
  /** Appends what is pending for all users, and returns those for whom it failed. */
  publishAll(): Promise<{ userId: string; error: unknown }[]>
}

/** Namespace of the command ids below (RFC 9562, version 5). */
const NAMESPACE = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c05'
const MAX_USERS_PER_RUN = 1_000

interface PendingSession {
  id: string
  openedInLog: boolean
  revoked: { reason: RevocationReason; by: string } | null
  revokedInLog: boolean
}

const IS_PENDING = 'not opened_in_log or (revoked_at is not null and not revoked_in_log)'

interface Deps {
  pool: Pool
  run: RunCommand
  newId: () => string
}

export function createSessionEventOutbox({ pool, run, newId }: Deps): SessionEventOutbox {
  /** `fact` identifies the event: the same fact gives the same command id. */
  const callerOf = (userId: string, fact: string, actor: Actor | null): Caller => {
    const commandId = uuidv5(fact, NAMESPACE)
    const key = { commandId, fingerprint: commandId }
    if (actor === null) return { userId, origin: 'system', correlationId: newId(), key, client: null }
    const { sessionId, correlationId } = actor
    const clientInfo = clientOf(actor)
    const client = sessionId === null ? null : { ...clientInfo, session: sessionId }
    return { userId, origin: 'rest', correlationId, key, client, clientInfo }
  }

  async function publishSession(userId: string, session: PendingSession, actor: Actor | null): Promise<void> {
    const { id: sessionId, revoked } = session
    if (!session.openedInLog) {
      // The row may belong to another login of the same user that is under way at the same time.
      const isOwn = actor?.sessionId === sessionId
      const caller = callerOf(userId, `opened ${sessionId}`, isOwn ? actor : null)
      assertDone(await run('openSession', { userId, sessionId }, caller))
      await pool.query('update sessions set opened_in_log = true where id = $1', [sessionId])
    }
    if (revoked !== null && !session.revokedInLog) {
      const caller = callerOf(revoked.by, `revoked ${sessionId}`, actor)
      assertDone(await run('revokeSession', { userId, sessionId, reason: revoked.reason }, caller))
      await pool.query('update sessions set revoked_in_log = true where id = $1', [sessionId])
    }
  }

  async function publishPasswordChanges(userId: string, actor: Actor | null): Promise<void> {
    const { rows } = await pool.query<{ made: number; published: number }>(
      `select password_changes as made, password_changes_in_log as published from credentials
       where user_id = $1 and password_changes > password_changes_in_log`,
      [userId],
    )
    for (const { made, published } of rows) {
      for (let change = published + 1; change <= made; change++) {
        const caller = callerOf(userId, `password ${userId} ${change}`, actor)
        assertDone(await run('changePassword', { userId }, caller))
      }
      await pool.query(
        'update credentials set password_changes_in_log = greatest(password_changes_in_log, $2) where user_id = $1',
        [userId, made],
      )
    }
  }

  const publish: SessionEventOutbox['publish'] = async (userId, actor) => {
    await publishPasswordChanges(userId, actor)
    const { rows } = await pool.query<PendingSession>(
      `select id, opened_in_log as "openedInLog", revoked_in_log as "revokedInLog",
         case when revoked_at is not null then json_build_object('reason', revoked_reason, 'by', revoked_by) end as revoked
       from sessions where user_id = $1 and (${IS_PENDING}) order by created_at, id`,
      [userId],
    )
    for (const session of rows) await publishSession(userId, session, actor)
  }

  return {
    publish,
    async publishAll() {
      const { rows } = await pool.query<{ userId: string }>(
        `select user_id as "userId" from sessions where ${IS_PENDING}
         union select user_id from credentials where password_changes > password_changes_in_log limit ${MAX_USERS_PER_RUN}`,
      )
      const failures: { userId: string; error: unknown }[] = []
      for (const { userId } of rows)
        await publish(userId, null).catch((error: unknown) => failures.push({ userId, error }))
      return failures
    },
  }
}

const clientOf = ({ ip, userAgent }: ClientInfo): ClientInfo => ({ ip, userAgent })

function assertDone(result: { kind: string; rejection?: { code: string } }): void {
  if (result.kind === 'rejected') throw new CommandRejectedError(result.rejection?.code ?? '')
}
