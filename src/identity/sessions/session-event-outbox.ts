import type { Pool } from 'pg'
import { v5 as uuidv5 } from 'uuid'
import type { Caller, RunCommand } from '../../commands/run-command.js'
import type { RevocationReason } from '../../domain/user/events.js'

/** ClientInfo a request came. */
export interface ClientInfo {
  ip: string
  userAgent: string
  correlationId: string
}

/** Who does something to sessions, and through which of them; null: through none. */
export interface Actor extends ClientInfo {
  sessionId: string | null
}

/**
 * Tells the log what identity's rows hold and the log may not hold yet. Each fact has its own command id, so that it stands there once
 * however often it is told: at once by whoever made it, and after a crash by the next who touches the person, or by `everyone`.
 */
export interface CatchUp {
  /** @throws what a command throws: the rows stand, and the log hears of it later */
  person(userId: string, actor: Actor | null): Promise<void>
  /** Gives who could not be told of. */
  everyone(): Promise<{ userId: string; error: unknown }[]>
}

/** Namespace of the command ids below (RFC 9562, version 5). */
const FACTS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c05'
const MAX_AT_ONCE = 1_000

interface SessionRow {
  id: string
  openedInLog: boolean
  revoked: { reason: RevocationReason; by: string } | null
  revokedInLog: boolean
}

const NOT_IN_LOG = 'not opened_in_log or (revoked_at is not null and not revoked_in_log)'

export function createCatchUp({ pool, run, newId }: { pool: Pool; run: RunCommand; newId: () => string }): CatchUp {
  const callerOf = (userId: string, fact: string, actor: Actor | null): Caller => {
    const commandId = uuidv5(fact, FACTS)
    return {
      userId,
      origin: actor === null ? 'system' : 'rest',
      correlationId: actor?.correlationId ?? newId(),
      key: { commandId, fingerprint: commandId },
      client: actor === null || actor.sessionId === null ? null : { ...clientOf(actor), session: actor.sessionId },
      ...(actor !== null && { whence: clientOf(actor) }),
    }
  }

  async function tellSession(userId: string, session: SessionRow, actor: Actor | null): Promise<void> {
    const { id: sessionId, revoked } = session
    if (!session.openedInLog) {
      // Another login of the same person may be under way beside this one.
      const isOwn = actor?.sessionId === sessionId
      const caller = callerOf(userId, `opened ${sessionId}`, isOwn ? actor : null)
      done(await run('openSession', { userId, sessionId }, caller))
      await pool.query('update sessions set opened_in_log = true where id = $1', [sessionId])
    }
    if (revoked !== null && !session.revokedInLog) {
      const caller = callerOf(revoked.by, `revoked ${sessionId}`, actor)
      done(await run('revokeSession', { userId, sessionId, reason: revoked.reason }, caller))
      await pool.query('update sessions set revoked_in_log = true where id = $1', [sessionId])
    }
  }

  async function tellPasswordChanges(userId: string, actor: Actor | null): Promise<void> {
    const { rows } = await pool.query<{ made: number; told: number }>(
      `select password_changes as made, password_changes_in_log as told from credentials
       where user_id = $1 and password_changes > password_changes_in_log`,
      [userId],
    )
    for (const { made, told } of rows) {
      for (let change = told + 1; change <= made; change++) {
        const caller = callerOf(userId, `password ${userId} ${change}`, actor)
        done(await run('changePassword', { userId }, caller))
      }
      await pool.query(
        'update credentials set password_changes_in_log = greatest(password_changes_in_log, $2) where user_id = $1',
        [userId, made],
      )
    }
  }

  const person: CatchUp['person'] = async (userId, actor) => {
    await tellPasswordChanges(userId, actor)
    const { rows } = await pool.query<SessionRow>(
      `select id, opened_in_log as "openedInLog", revoked_in_log as "revokedInLog",
         case when revoked_at is not null then json_build_object('reason', revoked_reason, 'by', revoked_by) end as revoked
       from sessions where user_id = $1 and (${NOT_IN_LOG}) order by created_at, id`,
      [userId],
    )
    for (const session of rows) await tellSession(userId, session, actor)
  }

  return {
    person,
    async everyone() {
      const { rows } = await pool.query<{ userId: string }>(
        `select user_id as "userId" from sessions where ${NOT_IN_LOG}
         union select user_id from credentials where password_changes > password_changes_in_log limit ${MAX_AT_ONCE}`,
      )
      const failures: { userId: string; error: unknown }[] = []
      for (const { userId } of rows)
        await person(userId, null).catch((error: unknown) => failures.push({ userId, error }))
      return failures
    },
  }
}

const clientOf = ({ ip, userAgent }: ClientInfo) => ({ ip, userAgent })

function done(result: { kind: string; rejection?: { code: string } }): void {
  if (result.kind === 'rejected') throw new Error(`the log refuses it: ${result.rejection?.code ?? ''}`)
}
