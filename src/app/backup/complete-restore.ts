import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { entryAt } from '../../audit/chain/entry-table.js'
import { BackupError } from '../../backup/backup-error.js'
import { userStream } from '../../domain/streams.js'
import { erasureSteps } from '../../erasure/erasure-steps.js'
import { userKey } from '../../privacy/key-names.js'
import { createAccountErasure } from '../../identity/accounts/account-erasure.js'
import { createBotTokens } from '../../identity/bots/bot-tokens.js'
import { createSessionEventOutbox, type SessionEventOutbox } from '../../identity/sessions/session-event-outbox.js'
import { createAppErasureSteps } from '../app-erasure-steps.js'
import type { Core } from '../core.js'
import type { CheckedRestore } from './restore-request.js'
import { finishRestore } from './restore-data.js'

export interface RestoreOutcome {
  backupId: string
  /** Events that were restored, and that the backup holds. */
  events: number
  backedUpEvents: number
  /** Hash of the audit chain at the last of them, which is that of the backup. */
  hash: string
  /** Recorded time of the last of them. */
  lastAt: string
  logId: string
  /** Users erased since the backup, who were erased again. */
  erased: number
}

/** Makes the read models, erases again who was erased since, and ends all sessions. May be repeated. @throws BackupError */
export async function completeRestore(core: Core, restore: CheckedRestore): Promise<RestoreOutcome> {
  const { main } = core.databases
  const { backup, events, hash, lastAt } = restore
  await reachHead(core, restore)
  const entry = await entryAt(main, events)
  if (entry?.hash !== hash) throw new BackupError(`The audit chain at entry ${events} is not that of the backup`)
  const outbox = createSessionEventOutbox({ pool: main, run: core.run, newId: randomUUID })
  const erased = await eraseAgain(core, outbox, restore)
  await publishAll(main, outbox, restore.print)
  await reachHead(core, restore)
  const { backupId } = backup.header
  await finishRestore(main, backupId)
  return { backupId, events, backedUpEvents: backup.events, hash, lastAt, logId: core.log.id, erased }
}

/** How often the progress of the read models is shown. */
const SHOW_MS = 500

async function reachHead({ log, runners, chain }: Core, { onProgress }: CheckedRestore): Promise<void> {
  const head = await log.head()
  const total = log.countBetween(log.start, head)
  for (const { progress } of [...Object.values(runners), chain.runner])
    while (!(await progress.reached(head, { timeoutMs: SHOW_MS })))
      onProgress('making read models', log.countBetween(log.start, progress.position), total)
}

/** Everyone whose key is destroyed, but whose account is still there. */
async function eraseAgain(core: Core, outbox: SessionEventOutbox, { print }: CheckedRestore): Promise<number> {
  const { databases, clock } = core
  const { main: pool } = databases
  const botTokens = createBotTokens({ pool, newId: randomUUID, clock })
  const steps = createAppErasureSteps(core, createAccountErasure({ pool, outbox, botTokens, clock }))
  let erased = 0
  for (const userId of await destroyedUsers(databases.keys)) {
    if (!(await isPresent(core, userId))) continue
    await request(core, userId, print)
    for (const step of erasureSteps) await steps[step](userId)
    erased++
  }
  return erased
}

async function destroyedUsers(keys: Pool): Promise<string[]> {
  const { rows } = await keys.query<{ id: string }>(
    `select substr(name, length($1) + 1) as id from data_keys where starts_with(name, $1) and wrapped is null order by name`,
    [userKey('')],
  )
  return rows.map(({ id }) => id)
}

/** Bots are erased with their owners. */
async function isPresent({ handler, databases: { main } }: Core, userId: string): Promise<boolean> {
  const user = await handler.stateOf(userStream(userId), () => false)
  if (user.status === 'absent' || (user.status === 'active' && user.ownerId !== null)) return false
  const { rowCount } = await main.query('select from credentials where user_id = $1', [userId])
  return user.status === 'active' || (rowCount ?? 0) > 0
}

/** Who is erased has no role: those are taken first. */
async function request({ runAsSystem }: Core, userId: string, print: (line: string) => void): Promise<void> {
  await runAsSystem('changeRoles', { userId, change: { to: [] } })
  const result = await runAsSystem('requestErasure', { userId })
  if (result.kind === 'rejected')
    print(
      `The erasure of ${userId} could not be requested again (${result.rejection.code}); what the user supplied is unreadable all the same`,
    )
}

/** A run handles some thousand users. What fails, such as for a user who is being erased, is tried again by every node. */
async function publishAll(main: Pool, outbox: SessionEventOutbox, print: (line: string) => void): Promise<void> {
  for (let before = Infinity; ;) {
    const [failure] = await outbox.publishAll()
    const left = await countUnpublished(main)
    if (left === 0) return
    if (left >= before) {
      print(`The end of ${left} sessions is not in the log yet (${String(failure?.error)}): nodes try again`)
      return
    }
    before = left
  }
}

async function countUnpublished(main: Pool): Promise<number> {
  const text = 'select count(*)::int as count from sessions where revoked_at is not null and not revoked_in_log'
  return (await main.query<{ count: number }>(text)).rows[0]?.count ?? 0
}
