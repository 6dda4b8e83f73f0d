import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { routeList } from '../../src/api/route-list.js'
import { openBreakableProxy, type BreakableProxy } from '../support/breakable-proxy.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type Answer, type TestApp, type TestUser } from '../support/test-app.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

/** The whole matrix takes minutes: hanging databases are waited for until their time is up. */
const IS_WHOLE = process.env['OUTAGE_MATRIX'] === 'whole'

type Dependency = 'main' | 'keys'

interface Installation {
  parley: TestApp
  database: TestDatabase
  proxies: Record<Dependency, BreakableProxy>
}

interface Outage {
  way: string
  isSample: boolean
  begin(installation: Installation, dependency: Dependency): Promise<void>
  end(installation: Installation, dependency: Dependency): Promise<void>
}

const urlOf = ({ database }: Installation, dependency: Dependency): string =>
  dependency === 'main' ? database.url : database.keysUrl

/** Applies to new connections, so the old ones go. */
async function configure(installation: Installation, dependency: Dependency, change: string): Promise<void> {
  const url = new URL(urlOf(installation, dependency))
  const name = url.pathname.slice(1)
  url.pathname = '/postgres'
  await execute(
    url.href,
    `alter database ${name} ${change}`,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  )
}

const outages: Outage[] = [
  {
    way: 'is stopped',
    isSample: true,
    begin: ({ proxies }, dependency) => {
      proxies[dependency].cut()
      return Promise.resolve()
    },
    end: ({ proxies }, dependency) => {
      proxies[dependency].restore()
      return Promise.resolve()
    },
  },
  {
    way: 'is read-only',
    isSample: true,
    begin: (installation, dependency) => configure(installation, dependency, 'set default_transaction_read_only to on'),
    end: (installation, dependency) => configure(installation, dependency, 'reset default_transaction_read_only'),
  },
  {
    way: 'hangs',
    isSample: false,
    begin: ({ proxies }, dependency) => {
      proxies[dependency].swallow()
      return Promise.resolve()
    },
    end: ({ proxies }, dependency) => {
      proxies[dependency].restore()
      return Promise.resolve()
    },
  },
]

/** Bodies that pass the schema, so that the route gets as far as its dependencies. */
const bodies: Record<string, (ids: Ids) => unknown> = {
  'post /auth/register': () => ({
    email: `${randomUUID()}@example.com`,
    password: 'correct horse battery',
    name: 'Eve',
  }),
  'post /auth/login': ({ user }) => ({ email: user.email, password: 'correct horse' }),
  'post /auth/refresh': () => ({ refreshToken: 'x'.repeat(43) }),
  'post /auth/password-reset': ({ user }) => ({ email: user.email }),
  'patch /users/me': () => ({ name: 'Ada L' }),
  'post /chats': () => ({ participantIds: [], name: 'Another' }),
  'post /chats/:chatId/messages': () => ({ content: 'Hello' }),
  'post /bots': () => ({ name: 'Robot' }),
}

interface Ids {
  user: TestUser
  chatId: string
}

describe('while a database cannot serve, every route answers 2xx, the right 4xx, or 503 with a code and Retry-After', function () {
  this.timeout(IS_WHOLE ? 600_000 : 60_000)
  let installation: Installation
  let ids: Ids

  before(async () => {
    const database = await createTestDatabase()
    const proxies = { main: await openBreakableProxy(database.url), keys: await openBreakableProxy(database.keysUrl) }
    const parley = await startTestApp({ databaseUrl: proxies.main.url, keysDatabaseUrl: proxies.keys.url })
    installation = { parley, database, proxies }
    const user = await parley.withRoles('Ada', 'admin')
    const { body } = await parley.call('POST', '/chats', {
      token: user.token,
      body: { participantIds: [], name: 'A' },
    })
    ids = { user, chatId: (body as { id: string }).id }
  })
  after(async () => {
    await installation.parley[Symbol.asyncDispose]()
    for (const proxy of Object.values(installation.proxies)) await proxy[Symbol.asyncDispose]()
    await installation.database[Symbol.asyncDispose]()
  })

  const call = (method: string, path: string): Promise<Answer> => {
    const { user, chatId } = ids
    const body = bodies[`${method} ${path}`]?.(ids) ?? (method === 'get' || method === 'delete' ? undefined : {})
    const filled = path
      .replace(':chatId', chatId)
      .replace(/:userId/, user.id)
      .replace(/:\w+/g, () => randomUUID())
    const query = path === '/search' || path === '/users' ? '?q=ada' : ''
    return installation.parley.call(method.toUpperCase(), filled + query, {
      token: user.token,
      ...(body !== undefined && { body }),
      headers: { 'idempotency-key': randomUUID() },
    })
  }

  const isHealthy = async (): Promise<void> => {
    const { status } = await call('post', '/chats/:chatId/messages')
    expect(status).to.equal(201)
    expect((await call('post', '/auth/login')).status).to.equal(200)
  }

  /** What ends the session would end the test's. */
  const routes = routeList.filter(({ path, method }) => !/logout|sessions/.test(path) || method === 'get')

  for (const dependency of ['main', 'keys'] as const)
    for (const { way, isSample, begin, end } of outages) {
      if (!isSample && !IS_WHOLE) continue
      it(`the ${dependency} database ${way}`, async () => {
        await isHealthy()
        await begin(installation, dependency)
        const wrong: string[] = []
        try {
          await Promise.all(
            routes.map(async ({ method, path }) => {
              const { status, headers, body } = await call(method, path)
              const { code } = Object(body) as { code?: string }
              const isRefused =
                status === 503 && (path === '/readyz' || (code !== undefined && headers.has('retry-after')))
              if (status < 500 || isRefused) return
              wrong.push(`${method} ${path}: ${status} ${code}`)
            }),
          )
        } finally {
          await end(installation, dependency)
        }
        expect(wrong).to.deep.equal([])
        await eventually(isHealthy, { timeoutMs: 30_000 })
      })
    }
})
