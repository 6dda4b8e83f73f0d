import { expect } from 'chai'
import { eventually } from '../../support/eventually.js'
import type { LogKind } from '../../support/event-logs.js'
import { eventStoreOutages, fullDisk as fullEventStoreDisk } from './eventstore-outages.js'
import { startInstallation, type Installation } from './installation.js'
import { chosen, IS_WHOLE, type Outage } from './outage.js'
import { fullDisk as fullPostgresDisk, postgresOutages } from './postgres-outages.js'
import { redisOutages } from './redis-outages.js'

const RECOVERY_MS = 60_000

const titles: Record<LogKind, string> = { postgres: 'the log in Postgres', eventstoredb: 'the log in EventStoreDB' }

describe('while something that Parley depends on cannot serve, each route answers what is right, or 503 with a code and Retry-After', function () {
  this.timeout(600_000)

  for (const log of ['postgres', 'eventstoredb'] as const)
    describe(titles[log], () => {
      let installation: Installation

      before(async () => {
        installation = await startInstallation(log)
      })
      after(() => installation[Symbol.asyncDispose]())

      /** Requests are under way when it begins, and more come after it. */
      async function tryOutage<Server>({ begin, end }: Outage<Server>, server: Server, mayBeAway: boolean) {
        const { everyRoute } = installation
        const worlds = await everyRoute.openWorlds()
        const call = mayBeAway ? everyRoute.call : everyRoute.callUntilServed
        const underWay = call(worlds)
        let wrong: string[] = []
        try {
          await begin(server)
          wrong = [...(await call(worlds)), ...(await underWay)]
        } finally {
          await end(server)
        }
        expect(wrong).to.deep.equal([])
        await eventually(isReady, { timeoutMs: RECOVERY_MS })
        expect(await everyRoute.callUntilServed(worlds)).to.deep.equal([])
      }

      async function isReady(): Promise<void> {
        const { body } = await installation.node.call('GET', '/readyz')
        expect(body).to.deep.include({ status: 'ok' })
      }

      for (const part of ['main', 'keys'] as const) {
        if (log === 'eventstoredb' && !IS_WHOLE) continue
        for (const outage of chosen(postgresOutages))
          it(`the ${part} database ${outage.way}`, () => tryOutage(outage, installation[part], true))
        if (!IS_WHOLE) continue
        it(`the ${part} database ${fullPostgresDisk.way}`, async function () {
          if (installation[part].disk === null) return this.skip()
          await tryOutage(fullPostgresDisk, installation[part], true)
        })
      }

      for (const outage of chosen(redisOutages)) {
        if (log === 'eventstoredb' && !IS_WHOLE) continue
        it(`Redis ${outage.way}: it is done without`, async function () {
          if (installation.redis === null) return this.skip()
          await tryOutage(outage, installation.redis, false)
        })
      }

      if (log === 'eventstoredb')
        for (const outage of [...chosen(eventStoreOutages), ...chosen([fullEventStoreDisk])])
          it(`EventStoreDB ${outage.way}`, async function () {
            if (installation.eventStore === null) return this.skip()
            if (outage === fullEventStoreDisk && installation.eventStore.disk === null) return this.skip()
            await tryOutage(outage, installation.eventStore, true)
          })
    })
})
