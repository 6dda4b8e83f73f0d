import { expect } from 'chai'
import { readinessShape, type Readiness } from '../../src/api/shapes/readiness-shape.js'
import { createLagOf } from '../../src/app/readiness/projection-lag.js'
import { createReadiness, type ReadinessParts } from '../../src/app/readiness/readiness.js'
import { createComponentLog } from '../../src/app/readiness/watch-components.js'
import { createDiskProbe } from '../../src/app/readiness/disk-probe.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { execute } from '../support/test-database.js'
import { eventually } from '../support/eventually.js'

describe('/readyz knows every component', function () {
  this.timeout(240_000)
  let parley: TestApp

  beforeEach(async () => {
    parley = await startTestApp()
  })

  afterEach(() => parley[Symbol.asyncDispose]())

  const ready = async (): Promise<{ status: number; body: Readiness }> => {
    const { status, body } = await parley.call('GET', '/readyz')
    return { status, body: readinessShape.parse(body) }
  }

  const serverOf = (url: string): string => {
    const server = new URL(url)
    server.pathname = '/postgres'
    return server.href
  }

  /** Ends the connections of the database, after it was changed so that new ones meet the change. */
  async function change(url: string, setting: string): Promise<void> {
    const name = new URL(url).pathname.slice(1)
    await execute(
      serverOf(url),
      `alter database ${name} ${setting}`,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    )
  }

  it('everything healthy: every component is listed', async () => {
    await eventually(async () => {
      const { status, body } = await ready()
      expect(status).to.equal(200)
      expect(body.status).to.equal('ok')
      expect(body.components).to.have.all.keys(
        ...['eventStore', 'postgres', 'keys', 'disk', 'audit', 'redis', 'sessions', 'realtime', 'projections'],
      )
    })
  })

  it('key database unavailable: degraded, and healthy again when it is back', async () => {
    const { KEYS_DATABASE_URL: url = '' } = parley.environment
    await change(url, 'allow_connections false')
    const { status, body } = await ready()
    expect(status).to.equal(200)
    expect([body.status, body.components.keys.status]).to.deep.equal(['degraded', 'degraded'])
    await change(url, 'allow_connections true')
    await eventually(async () => expect((await ready()).body.components.keys.status).to.equal('ok'))
  })

  it('main database read-only: degraded', async () => {
    const pool = parley.app.core.databases.main
    await createDiskProbe(pool)()
    await change(parley.environment['DATABASE_URL'] ?? '', 'set default_transaction_read_only = on')
    const probe = createDiskProbe(pool, () => 0)
    await eventually(async () => {
      const code = await createDiskProbe(pool)().then(
        () => 'none',
        (failure: unknown) => (failure as { code?: string }).code,
      )
      expect(code).to.equal('25006')
    })
    expect(await statusWith({ disk: probe })).to.deep.equal({ status: 'degraded', disk: 'degraded' })
  })

  it('is unavailable from the moment on at which the node begins to stop', async () => {
    const { status, realtime } = await readinessWith({ isDraining: true })
    expect([status, realtime.status, realtime.reason]).to.deep.equal(['unavailable', 'unavailable', 'draining'])
  })

  async function statusWith({ disk }: { disk: () => Promise<void> }) {
    const { status, disk: state } = await readinessWith({ disk })
    return { status, disk: state.status }
  }

  async function readinessWith({ disk = () => Promise.resolve(), isDraining = false }) {
    const { core } = parley.app
    const readiness = createReadiness({
      log: core.log,
      pool: core.databases.main,
      keys: core.databases.keys,
      disk,
      analysts: () => Promise.resolve([]),
      runners: [],
      lagOf: createLagOf(core),
      realtime: () => ({ status: 'live', position: core.log.start, reason: null, isDraining }),
      redis: null,
      audit: () => Promise.resolve(),
      canTellSessions: () => Promise.resolve(true),
    })
    const { status, components } = await readiness()
    return { status, disk: components.disk, realtime: components.realtime }
  }

  it('the lag of a projection counts from the time of its next event: degraded at 30 s', async () => {
    const { core } = parley.app
    const { log, reader, databases, runners } = core
    await parley.register('Ada')
    const [first] = (await log.readAll(log.start, 1)).events
    const recordedAt = Date.parse(reader.decode(first!).metadata.at)
    const statusAt = async (seconds: number): Promise<unknown> => {
      const lagOf = createLagOf({ log, reader, clock: () => new Date(recordedAt + seconds * 1_000) })
      const readiness = createReadiness({
        log,
        pool: databases.main,
        keys: databases.keys,
        disk: () => Promise.resolve(),
        analysts: () => Promise.resolve([]),
        runners: [
          {
            status: () => runners.conversations.status(),
            progress: { ...runners.conversations.progress, position: log.start },
          },
        ],
        lagOf,
        realtime: () => ({ status: 'live', position: log.start, reason: null, isDraining: false }),
        redis: null,
        audit: () => Promise.resolve(),
        canTellSessions: () => Promise.resolve(true),
      })
      const { status, components } = await readiness()
      const { conversations } = components.projections
      return [status, conversations?.status, conversations?.lagSeconds]
    }
    expect(await statusAt(29)).to.deep.equal(['ok', 'live', 29])
    expect(await statusAt(30)).to.deep.equal(['degraded', 'degraded', 30])
  })

  it('a node is not ready until each projection was near the head once; later, one that is behind is degraded', async () => {
    const { core } = parley.app
    const { conversations } = core.runners
    const at = { events: 1_001, seconds: 6 }
    let paused = false
    await parley.call('GET', '/readyz') // the app itself stores it no more
    await core.databases.main.query('update projections set filled = false')
    const parts: ReadinessParts = {
      log: core.log,
      pool: core.databases.main,
      keys: core.databases.keys,
      disk: () => Promise.resolve(),
      analysts: () => Promise.resolve([]),
      runners: [
        {
          status: () => ({ ...conversations.status(), status: paused ? 'paused' : 'live' }),
          progress: conversations.progress,
        },
      ],
      lagOf: () => Promise.resolve({ ...at }),
      realtime: () => ({ status: 'live', position: core.log.start, reason: null, isDraining: false }),
      redis: null,
      audit: () => Promise.resolve(),
      canTellSessions: () => Promise.resolve(true),
    }
    const statesOf = (readiness: ReturnType<typeof createReadiness>) => async () => {
      const { status, components } = await readiness()
      return [status, components.projections['conversations']?.status]
    }
    const states = statesOf(createReadiness(parts))
    expect(await states()).to.deep.equal(['unavailable', 'unavailable'])
    at.seconds = 5
    expect(await states()).to.deep.equal(['ok', 'live'])
    at.seconds = 60
    expect(await states()).to.deep.equal(['degraded', 'degraded'])
    const afterRestart = statesOf(createReadiness(parts))
    expect(await afterRestart(), 'behind, while every node is restarted').to.deep.equal(['degraded', 'degraded'])
    paused = true
    expect(await states()).to.deep.equal(['degraded', 'paused'])
  })

  it('the first scrape has the lag of each projection, in events and seconds', async () => {
    const { runners } = parley.app.core
    const names = Object.values(runners).map((runner) => runner.status().name)
    expect(names).to.have.length(4)
    const { body } = await parley.call('GET', '/metrics')
    for (const name of names)
      for (const unit of ['events', 'seconds'])
        expect(body).to.match(new RegExp(`^projection_lag_${unit}\\{projection="${name}"\\} [\\d.]+$`, 'm'))
  })

  it('each outage is one log line, and its end another', async () => {
    const lines: string[] = []
    const note = createComponentLog({
      error: (message, { reason }) => lines.push(`${message}: ${String(reason)}`),
      warn: (message) => lines.push(message),
    })
    const { body: well } = await ready()
    const away: Readiness = {
      ...well,
      components: { ...well.components, keys: { status: 'degraded', latencyMs: null, reason: 'ECONNREFUSED' } },
    }
    const behind: Readiness = {
      ...well,
      components: { ...well.components, projections: { conversations: { status: 'degraded', lagSeconds: 31 } } },
    }
    for (const state of [well, away, away, well, well, behind, behind, well]) note(state)
    expect(lines).to.deep.equal([
      'Key database failed: ECONNREFUSED',
      'Key database recovered',
      'Projection conversations (30 s behind the log) failed: 31 s',
      'Projection conversations (30 s behind the log) recovered',
    ])
  })
})
