import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Client } from 'pg'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.js'
import { findTestRedis } from '../support/redis.js'
import { execute } from '../support/test-database.js'

interface Ready {
  status: string
  components: { postgres: { status: string }; redis: { status: string } | null }
}

describe('TLS to databases and Redis, with certificates of an authority of our own', function () {
  this.timeout(180_000)
  let folder: string
  let postgres: OwnPostgres
  let redisUrl: string
  const stops: (() => Promise<unknown>)[] = []
  const inFolder = (name: string): string => join(folder, name)

  before(async function () {
    findTestRedis()
    if (spawnSync('openssl', ['version']).status !== 0 || spawnSync('redis-server', ['--version']).status !== 0) {
      console.log('      not run: there is no openssl or no redis-server here')
      this.skip()
    }
    folder = await mkdtemp(join(tmpdir(), 'parley-tls-'))
    makeCertificates()
    const dataDir = inFolder('postgres')
    await mkdir(dataDir)
    postgres = await startOwnPostgres(dataDir)
    await switchTlsOn()
    redisUrl = await startRedis()
  })

  after(async () => {
    for (const stop of stops.reverse()) await stop()
    await postgres[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  function makeCertificates(): void {
    const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    for (const authority of ['authority', 'stranger'])
      openssl(
        'req',
        '-x509',
        ...key,
        '-keyout',
        `${authority}.key`,
        '-out',
        `${authority}.pem`,
        '-subj',
        `/CN=${authority}`,
      )
    openssl(
      'req',
      ...key,
      '-keyout',
      'server.key',
      '-out',
      'server.csr',
      '-subj',
      '/CN=server',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    )
    const signedBy = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-copy_extensions', 'copy']
    openssl('x509', '-req', '-in', 'server.csr', ...signedBy, '-out', 'server.pem')
  }

  /** Postgres runs as another user than root, and reads no key that others may. */
  async function switchTlsOn(): Promise<void> {
    const home = new URL(postgres.adminUrl)
    home.pathname = '/postgres'
    const [{ data_directory: data }] = (await query(home.href, 'show data_directory')) as [{ data_directory: string }]
    const { uid, gid } = await stat(data)
    execFileSync('install', [
      '-m',
      '0600',
      '-o',
      String(uid),
      '-g',
      String(gid),
      inFolder('server.key'),
      inFolder('server.pem'),
      data,
    ])
    await execute(home.href, `alter system set ssl_cert_file = 'server.pem'`, `alter system set ssl = on`)
    await execute(home.href, 'create database keys owner application', 'select pg_reload_conf()')
  }

  async function query(url: string, text: string): Promise<unknown[]> {
    const client = new Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(text)
    await client.end()
    return rows
  }

  async function startRedis(): Promise<string> {
    const port = await freePort()
    const tls = ['--tls-cert-file', 'server.pem', '--tls-key-file', 'server.key', '--tls-auth-clients', 'no']
    const args = ['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--save', '', ...tls]
    const server = spawn('redis-server', args, { cwd: folder, stdio: 'ignore' })
    stops.push(async () => {
      const exited = once(server, 'exit')
      server.kill('SIGTERM')
      await exited
    })
    return `rediss://127.0.0.1:${port}`
  }

  const key = Buffer.alloc(32, 7).toString('base64')

  async function start(authority: string): Promise<{ node: Child; port: number }> {
    const tls = `?sslmode=verify-full&sslrootcert=${inFolder(authority)}`
    const port = await freePort()
    const node = startChild('main.js', [], {
      PORT: String(port),
      DATABASE_URL: `${postgres.url}${tls}`,
      KEYS_DATABASE_URL: `${postgres.url.replace(/parley$/, 'keys')}${tls}`,
      MASTER_KEY: key,
      TOKEN_KEYS: `k1:${key}`,
      AUDIT_SIGNING_KEYS: `k1:${key}`,
      REDIS_URL: redisUrl,
      NODE_EXTRA_CA_CERTS: inFolder(authority),
      PARLEY_DATA_DIR: inFolder('data'),
    })
    stops.push(async () => node[Symbol.asyncDispose]())
    return { node, port }
  }

  it('a node that knows the authority serves, and every connection is encrypted', async () => {
    const { node, port } = await start('authority.pem')
    await node.says('Parley listens on')
    await eventually(async () => {
      const ready = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as Ready
      expect([ready.components.postgres.status, ready.components.redis?.status]).to.deep.equal(['ok', 'ok'])
    })
    const sessions = await query(
      postgres.adminUrl,
      `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'application'`,
    )
    expect(sessions).to.deep.equal([{ ssl: true }])
    node.process.kill('SIGTERM')
    expect(await node.exited).to.equal(0)
  })

  it('a node that knows another authority does not start, and says what to correct', async () => {
    const { node } = await start('stranger.pem')
    expect(await node.exited).to.equal(1)
    expect(node.output).to.match(/no TLS connection to 127\.0\.0\.1:\d+ .*: correct sslmode, or the certificates/)
    expect(node.output).to.not.contain('application:application')
  })
})
