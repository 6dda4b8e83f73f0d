import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse, parseAllDocuments } from 'yaml'
import { parseConfig, type Config } from '../../src/app/config.js'

interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  data?: Record<string, string>
  stringData?: Record<string, string>
  spec: never
}

interface Pod {
  terminationGracePeriodSeconds: number
  securityContext: object
  containers: {
    image: string
    securityContext: object
    ports: { name: string; containerPort: number }[]
    volumeMounts: { name: string; mountPath: string; readOnly: boolean }[]
  }[]
}

type Model = new (manifest: object) => { validate(): void }

const FOLDER = 'deploy/kubernetes'
const read = (file: string): string => readFileSync(`${FOLDER}/${file}`, 'utf8')
const { resources } = parse(read('kustomization.yaml')) as { resources: string[] }
const manifestsIn = (file: string): Manifest[] =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest)
const manifests = resources.flatMap(manifestsIn)

const find = (kind: string, name = 'parley'): Manifest => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name}`)
  return found
}

/** Paths of fields at which the schema of Kubernetes never looked: it does not know them, and `kubectl` would refuse or drop them. */
function watchFields(given: unknown): { watched: unknown; unseen(): string[] } {
  const seen = new Set<string>()
  const wrap = (value: unknown, path: string): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : new Proxy(value, {
          get(target, field, receiver) {
            if (typeof field === 'symbol') return Reflect.get(target, field, receiver) as unknown
            seen.add(`${path}/${field}`)
            return wrap(Reflect.get(target, field, receiver), `${path}/${field}`)
          },
        })
  const pathsOf = (value: unknown, path: string): string[] =>
    typeof value !== 'object' || value === null
      ? [path]
      : [path, ...Object.entries(value).flatMap(([field, inner]) => pathsOf(inner, `${path}/${field}`))]
  return {
    watched: wrap(given, ''),
    unseen: () => pathsOf(given, '').filter((path) => path !== '' && !seen.has(path)),
  }
}

/** The constructor copies what it is given, which looks at every field. */
const check = (model: Model, manifest: object): void => Object.assign(new model({}), manifest).validate()

// No cluster takes part: what one would refuse beyond its schema is not seen here.
describe('deploy/kubernetes', () => {
  for (const { apiVersion, kind, ...manifest } of [...manifests, ...manifestsIn('secret.example.yaml')])
    it(`${kind} ${manifest.metadata.name} is valid by the schema of ${apiVersion}`, async () => {
      const models = (await import(`kubernetes-models/${apiVersion}/${kind}`)) as Record<string, Model>
      const { watched, unseen } = watchFields(manifest)
      check(models[kind]!, { ...(watched as object), apiVersion, kind })
      expect(unseen()).to.deep.equal([])
    })

  it('finds fields that the schema does not know', async () => {
    const { Service } = (await import('kubernetes-models/v1/Service')) as unknown as { Service: Model }
    const { watched, unseen } = watchFields({ spec: { ports: [{ port: 80, targetport: 3000 }] } })
    check(Service, watched as object)
    expect(unseen()).to.deep.equal(['/spec/ports/0/targetport'])
  })

  it('applies every manifest but the example of the secret, all in one namespace', () => {
    const files = readdirSync(FOLDER).filter((file) => !['kustomization.yaml', 'secret.example.yaml'].includes(file))
    expect(resources.toSorted()).to.deep.equal(files.toSorted())
    const places = manifests.filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace)
    expect(new Set(places)).to.deep.equal(new Set(['parley']))
  })

  const pod = (find('Deployment').spec as { template: { spec: Pod } }).template.spec
  const [container] = pod.containers

  it('runs without rights: not as root, on a root that cannot be written to', () => {
    expect(pod.securityContext).to.include({ runAsNonRoot: true })
    expect(container!.securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  it('a node starts with the settings and the entries of the secret', () => {
    const config = configOf({
      'token-keys': `k1:${key}`,
      'audit-signing-keys': `k1:${key}`,
      'master-key': key,
      'metrics-token': randomBytes(24).toString('hex'),
    })
    expect(config).to.include({ production: true, host: '0.0.0.0', port: container!.ports[0]!.containerPort })
    expect(config).to.include({ metricsPort: container!.ports[1]!.containerPort, flagsFile: '/etc/parley/flags.json' })
    const { databaseUrl, keysDatabaseUrl, eventStoreUrl, redisUrl } = config
    for (const url of [databaseUrl, keysDatabaseUrl, eventStoreUrl, redisUrl])
      expect(url).to.match(/sslmode=verify-full|tls=true|^rediss:/)
  })

  const key = randomBytes(32).toString('base64')

  function configOf(keys: Record<string, string>): Config {
    const environment = find('ConfigMap').data ?? {}
    const secret = { ...manifestsIn('secret.example.yaml')[0]!.stringData, ...keys }
    return parseConfig(environment, (path) => {
      const name = path.replace('/run/secrets/parley/', '')
      if (secret[name] === undefined) throw new Error(`no file ${path}`)
      return secret[name]
    })
  }

  it('mounts what the settings name', () => {
    const mounts = container!.volumeMounts.map(({ mountPath }) => mountPath)
    const paths = Object.values(find('ConfigMap').data ?? {}).filter((value) => value.startsWith('/'))
    expect(paths.filter((path) => !mounts.some((mount) => path.startsWith(`${mount}/`)))).to.deep.equal([])
    const files = Object.keys(find('ConfigMap', 'parley-files').data ?? {}).map((file) => `/etc/parley/${file}`)
    expect(paths).to.include.members(files)
  })

  it('scales by metrics that a node has', () => {
    const { metrics } = find('HorizontalPodAutoscaler').spec as { metrics: { pods?: { metric: { name: string } } }[] }
    const names = metrics.flatMap(({ pods }) => pods?.metric.name ?? [])
    const page = readFileSync('docs/metrics.md', 'utf8')
    expect(names.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([])
    expect(names).to.have.length(2)
  })
})
