import { randomInt } from 'node:crypto'
import { expect } from 'chai'
import { createReleases, type Releases } from '../../src/app/release.js'
import { eventually } from '../support/eventually.js'
import type { LogKind } from '../support/event-logs.js'
import { randomsOf } from '../support/randoms.js'
import { act, changeMemberships, type Acknowledged } from './chaos/actions.js'
import { ChaosClient } from './chaos/chaos-client.js'
import { checkClient, checkSends, unfinished } from './chaos/check-client.js'
import { expectedChats } from './chaos/expected-events.js'
import { checkPresence } from './chaos/check-presence.js'
import { breakThings, faultsOf } from './chaos/faults.js'
import { PATIENT, startInstallation, type ChaosInstallation } from './chaos/installation.js'
import { createChats, registerUsers } from './chaos/set-up.js'
import { summaryOf } from './chaos/summary.js'

/** `npm run chaos -- --seconds 120 --log eventstoredb --seed 7` sets these. */
const SECONDS = Number(process.env['CHAOS_SECONDS'] ?? 30)
const SEED = Number(process.env['CHAOS_SEED'] ?? randomInt(2 ** 31))
const LOGS = (process.env['CHAOS_LOGS']?.split(',') ?? ['postgres', 'eventstoredb']) as LogKind[]

/** How long Redis is away at most. */
const REDIS_MS = Math.min(20_000, SECONDS * 200)
/** Each user has two. */
const CLIENTS = 60
const CHATS = 8

const titles: Record<LogKind, string> = { postgres: 'Postgres', eventstoredb: 'EventStoreDB' }

describe(`three nodes and ${CLIENTS} clients through ${SECONDS} s of random faults, by CHAOS_SEED=${SEED}`, function () {
  this.timeout((SECONDS * 2 + 900) * 1_000)

  for (const kind of LOGS)
    it(`every client has every event it may see, once and in order, and no other, on ${titles[kind]}`, async () => {
      const releases = createReleases()
      try {
        const installation = releases.add(await startInstallation(kind))
        await run(installation, releases)
      } finally {
        await releases[Symbol.asyncDispose]()
      }
    })
})

async function run(installation: ChaosInstallation, releases: Releases): Promise<void> {
  const users = await registerUsers(installation, CLIENTS / 2)
  const clients = Array.from({ length: CLIENTS }, (_, index) => {
    const user = users[index % users.length]!
    return new ChaosClient(`client-${index + 1}`, user, installation.nodes, randomsOf(SEED + index))
  })
  const running = clients.map((client) => client.run())
  releases.onRelease(async () => {
    for (const client of clients) client.close()
    await Promise.all(running)
  })
  await allReady(clients)
  const chats = await createChats(clients, CHATS)

  const acknowledged: Acknowledged = new Map()
  const work = new AbortController()
  const working = Promise.all([
    ...clients.map((client) => act(client, acknowledged, work.signal)),
    ...[1, 2].map((part) => changeMemberships(chats, clients, randomsOf(SEED + 1_000 + part), work.signal)),
  ])
  const until = performance.now() + SECONDS * 1_000
  const faults = await breakThings(faultsOf(installation, REDIS_MS), until, randomsOf(SEED + 2_000)).finally(() =>
    work.abort(),
  )
  await installation.recovered()
  await working
  await allReady(clients)

  const events = await installation.readLog()
  const log = expectedChats(events)
  const isFinished = () => expect(unfinished(clients, log)).to.deep.equal([])
  await eventually(isFinished, PATIENT).catch(() => undefined) // the check names each difference
  console.log(`      ${summaryOf(clients, events, faults)}`)
  const differences = clients.flatMap((client) => checkClient(client, log))
  expect(differences.slice(0, 20), `${differences.length} differences`).to.deep.equal([])
  expect(checkSends(clients, acknowledged, events)).to.deep.equal([])
  expect(acknowledged.size).to.be.above(CLIENTS)
  await eventually(() => checkPresence(clients), PATIENT)
  expect(installation.crashes).to.deep.equal([])
}

const allReady = (clients: readonly ChaosClient[]): Promise<void> =>
  eventually(() => {
    const away = clients.filter(({ isReady }) => !isReady)
    const list = away.map(({ name, counts }) => `${name}: ${JSON.stringify(counts)}`)
    if (away.length > 0) throw new Error(`not connected: ${list.join('; ')}`)
  }, PATIENT)
