import { randomInt, randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import { routeList } from '../../../src/api/route-list.js'
import { openChat, registerPeople, verdictOf, type World } from '../../api/access/people.js'
import { requests } from '../../api/access/requests.js'
import { rowsOf, type Row } from '../../api/access/rows.js'
import type { Node, TestApp } from '../../support/test-app.js'

/** For each route one of its own, so that none meets what another one did. */
export type Worlds = ReadonlyMap<string, World>

export interface EveryRoute {
  openWorlds(): Promise<Worlds>
  /** Calls each route once, all at the same time. Gives the answers that are not right while something is away. */
  call(worlds: Worlds): Promise<string[]>
  /** The same while all is well, a few at a time: no 503 is right, not even for a busy machine. */
  callWell(worlds: Worlds): Promise<string[]>
}

const rows = routeList.flatMap(rowsOf)
const AT_ONCE = 8
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
  async function ask(row: Row, worlds: Worlds) {
    const world = worlds.get(row.name)!
    const { path, body } = requests[row.name]!(world)
    const answer = await node.call(row.method, path, {
      token: world.people[callerOf(row)].token,
      ...(body !== undefined && { body }),
      headers: ownHeaders(),
    })
    const { code = null } = Object(answer.body) as { code?: string }
    return { ...answer, code }
  }

  const refusals = new Map(rows.map(({ name }) => [name, new Set<string | null>()]))
  const worlds = await openWorlds(setUp)
  for (const row of [...rows, ...rows]) {
    const { status, code } = await ask(row, worlds)
    if (status >= 500) throw new Error(`${row.name}: ${status} ${code}`)
    if (status >= 400) refusals.get(row.name)!.add(code)
  }

  async function wrongAnswers(row: Row, given: Worlds, mayBeAway: boolean): Promise<string[]> {
    const { status, code, headers } = await ask(row, given)
    const isDone = status < 300 && row.answers.includes(status)
    const isRefused = status < 500 && refusals.get(row.name)?.has(code) === true
    const isAway = status === 503 && (row.name === 'GET /readyz' || (code !== null && headers.has('retry-after')))
    return isDone || isRefused || (isAway && mayBeAway) ? [] : [`${row.name}: ${status} ${code}`]
  }

  return {
    openWorlds: () => openWorlds(setUp),
    call: async (given) => (await Promise.all(rows.map((row) => wrongAnswers(row, given, true)))).flat(),
    async callWell(given) {
      const few = pLimit(AT_ONCE)
      return (await Promise.all(rows.map((row) => few(() => wrongAnswers(row, given, false))))).flat()
    },
  }
}

async function openWorlds(parley: TestApp): Promise<Worlds> {
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
