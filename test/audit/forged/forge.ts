import type { EventLog } from '../../../src/eventstore/event-log.js'
import { execute } from '../../support/test-database.js'
import type { TestApp, TestUser } from '../../support/test-app.js'

export interface Forged {
  version: number
  position: string
}

/**
 * Inserts an event at the end of a stream behind the back of Parley, with the metadata of the one before it, and so with a wrong MAC.
 * Type and data are those of the one before it unless they are given.
 */
export async function forge(
  parley: TestApp,
  stream: string,
  fake: { type?: string; data?: object } = {},
): Promise<Forged> {
  const type = fake.type === undefined ? 'type' : `'${fake.type}'`
  const data = fake.data === undefined ? 'data' : `'${JSON.stringify(fake.data)}'`
  const [row] = await execute<{ version: number; position: string }>(
    parley.config.databaseUrl ?? '',
    `insert into events ("position", stream, version, id, type, data, metadata)
     select (select max("position") + 1 from events), stream, version + 1, gen_random_uuid(), ${type}, ${data}, metadata
     from events where stream = '${stream}' order by version desc limit 1
     returning version, "position"`,
  )
  if (row === undefined) throw new Error(`${stream} has no event to copy`)
  return { version: row.version, position: `${parley.app.core.log.id}.${row.position}` }
}

/** Alters one event behind the back of Parley. */
export async function alter(parley: TestApp, stream: string, version: number): Promise<void> {
  await execute(
    parley.config.databaseUrl ?? '',
    `update events set data = data || ' ' where stream = '${stream}' and version = ${version}`,
  )
}

/** Has both projections that meet it skip a forged event; resolves once the read model is past it. */
export async function skip(parley: TestApp, admin: TestUser, { position }: Forged): Promise<void> {
  for (const name of ['conversations', 'decision_index']) await skipIn(name, parley, admin, position)
  const { log, runners } = parley.app.core
  await runners.conversations.progress.reached(await log.head())
}

export async function skipIn(name: string, parley: TestApp, admin: TestUser, position: string): Promise<void> {
  const request = { token: admin.token, body: { position, reason: 'forged' } }
  for (;;) {
    const { status } = await parley.call('POST', `/projections/${name}/skip`, request)
    if (status === 202) return
    if (status !== 409) throw new Error(`the skip was answered ${status}`)
  }
}

export const codeOf = ({ status, body }: { status: number; body: unknown }): [number, unknown] => [
  status,
  (body as { code?: string } | null)?.code,
]

export const lengthOf = async (log: Pick<EventLog, 'readStream'>, stream: string): Promise<number> =>
  (await log.readStream(stream, { limit: 1_000 })).length
