import { randomInt, randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import { routeList } from '../../../src/api/route-list.js'
import { openChat, registerPeople, verdictOf, type World } from '../../api/access/people.js'
import { requests } from '../../api/access/requests.js'
import { rowsOf, type Row } from '../../api/access/rows.js'
import { eventually } from '../../support/eventually.js'
import type { Answer, Node, TestApp } from '../../support/test-app.js'

/** For each route one of its own, so that none meets what another one did. */
export type Worlds = ReadonlyMap<string, World>

export interface EveryRoute {
  openWorlds(): Promise<Worlds>
  /** Calls each route once, all at the same time. Gives the answers that are not right while something is away. */
  call(worlds: Worlds): Promise<string[]>
  /** A few at a time, each until it does not answer 503. Gives the answers that are not right. */
  callUntilServed(worlds: Worlds): Promise<string[]>
}

type Coded = Answer & { code: string | null }

const rows = routeList.flatMap(rowsOf)
const AT_ONCE = 8
const RECOVERY_MS = 60_000
const callers = ['chat admin', 'participant', 'admin'] as const

/** The first who may use the route. */
function callerOf(row: Row): (typeof callers)[number] {
  const caller = callers.find((who) => verdictOf(row, who) === 'in')
  if (caller === undefined) throw new Error(`none of ${callers.join()} may use ${row.name}`)
  return caller
}

/** A client and a command of its own for each request, so that neither a limit nor an earlier answer comes in between. */
const ownHeaders = (): object => ({
  'x-forwarded-for': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`,
  'idempotency-key': randomUUID(),
})

/**
 * Calls every route of a node with a request that is right. Which refusals each gives while all is well is found out first, by calling it
 * twice, for a repeat may be refused: later, no other refusal is right but 503.
 */
export async function createEveryRoute(setUp: TestApp, node: Node): Promise<EveryRoute> {
  async function ask(row: Row, worlds: Worlds): Promise<Coded> {
    const world = worlds.get(row.name)!
    const { path, body } = requests[row.name]!(world)
    const request = {
      token: world.people[callerOf(row)].token,
      ...(body !== undefined && { body }),
      headers: ownHeaders(),
    }
    const answer = await node.call(row.method, path, request).catch((error: unknown) => unlessCut(row, error))
    const { code = null } = Object(answer.body) as { code?: string }
    return { ...answer, code }
  }

  /** Its status was sent before the lines of an export: what cannot be completed then ends with the connection, and is as good as a 503. */
  function unlessCut({ name }: Row, error: unknown): Answer {
    if (name !== 'GET /users/me/export' || (error as Error).message !== 'terminated') throw error
    const headers = new Headers({ 'retry-after': '0' })
    return { status: 503, headers, body: { code: 'cut-short' } }
  }

  /** A busy machine or a recovering server may need some time, but not without end. */
  const askUntilServed = (row: Row, worlds: Worlds): Promise<Coded> =>
    eventually(
      async () => {
        const answer = await ask(row, worlds)
        if (answer.status === 503) throw new Error(`${row.name}: 503 ${answer.code}`)
        return answer
      },
      { timeoutMs: RECOVERY_MS },
    )

  const refusals = new Map(rows.map(({ name }) => [name, new Set<string | null>()]))
  const isRight = ({ name, answers }: Row, { status, code, headers }: Coded): boolean => {
    if (status === 503) return name === 'GET /readyz' || (code !== null && headers.has('retry-after'))
    return status < 300 ? answers.includes(status) : refusals.get(name)?.has(code) === true
  }
  const callAll = async (call: (row: Row) => Promise<Coded>): Promise<string[]> => {
    const answered = await Promise.all(rows.map(async (row) => ({ row, answer: await call(row) })))
    const wrong = answered.filter(({ row, answer }) => !isRight(row, answer))
    return wrong.map(({ row: { name }, answer: { status, code } }) => `${name}: ${status} ${code}`)
  }

  const callUntilServed = (worlds: Worlds): Promise<string[]> => {
    const few = pLimit(AT_ONCE)
    return callAll((row) => few(() => askUntilServed(row, worlds)))
  }

  async function learnRefusals(): Promise<void> {
    const worlds = await openWorlds(setUp)
    const learn = async (row: Row): Promise<void> => {
      for (const answer of [await askUntilServed(row, worlds), await askUntilServed(row, worlds)])
        if (answer.status >= 400 && answer.status < 500) refusals.get(row.name)!.add(answer.code)
    }
    const few = pLimit(AT_ONCE)
    await Promise.all(rows.map((row) => few(() => learn(row))))
  }

  await learnRefusals()
  return { openWorlds: () => openWorlds(setUp), call: (worlds) => callAll((row) => ask(row, worlds)), callUntilServed }
}

/** On a busy machine a user may come late into the read models. */
const openWorlds = (parley: TestApp): Promise<Worlds> =>
  eventually(() => openWorldsOnce(parley), { timeoutMs: RECOVERY_MS })

async function openWorldsOnce(parley: TestApp): Promise<Worlds> {
  const few = pLimit(AT_ONCE)
  const people = await registerPeople(parley)
  const shared = await openChat(parley, people)
  const worldOf = async ({ name }: Row): Promise<World> => {
    if (name.includes('/users/:id'))
      return { ...shared, people: { ...people, bystander: await parley.register('bystander') } }
    return name.includes('/chats/:id') ? openChat(parley, people) : shared
  }
  return new Map(await Promise.all(rows.map((row) => few(async () => [row.name, await worldOf(row)] as const))))
}
