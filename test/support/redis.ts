import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { eventually } from './eventually.js'
import { freePort } from './free-port.js'
import { installDebian, runs } from './install-debian.js'
import { countLimited } from './limitations.js'

const IMAGE = 'redis:8.2-bookworm'

type Source = { kind: 'given'; url: string } | { kind: 'container' } | { kind: 'program' } | { kind: 'none' }

let source: Source | undefined

/** A Redis for one test file; what it holds of earlier tests is nobody's concern, since keys name people and addresses of one test. */
export interface TestRedis extends AsyncDisposable {
  url: string
}

/** One that the tests may kill and start again on the same port; none where Redis is somebody else's. */
export interface OwnRedis extends TestRedis {
  process: ChildProcess
  /** Starts it again, empty, where it was. */
  restart(): Promise<void>
}

/**
 * The server of `REDIS_URL`; else a container, where there is a Docker engine; else `redis-server`, which CI may install. Null where
 * there is none of these: then the test is left out, and the end of the run says so.
 */
export async function openTestRedis(): Promise<TestRedis | null> {
  source ??= findSource()
  switch (source.kind) {
    case 'given':
      return { url: source.url, [Symbol.asyncDispose]: () => Promise.resolve() }
    case 'container':
      return startContainer()
    case 'program':
      return startProgram()
    case 'none':
      countLimited('redis')
      return null
  }
}

/** Finds out where Redis comes from; installing it may take longer than a test may. */
export function findTestRedis(): void {
  source ??= findSource()
}

/** Null where only a server is at hand that is not ours to kill. */
export async function openOwnRedis(): Promise<OwnRedis | null> {
  if (hasProgram() || installed()) return startProgram()
  countLimited('redis')
  return null
}

function findSource(): Source {
  const url = process.env['REDIS_URL']
  if (url !== undefined) return { kind: 'given', url }
  if (hasDocker()) return { kind: 'container' }
  return hasProgram() || installed() ? { kind: 'program' } : { kind: 'none' }
}

const hasDocker = (): boolean => runs('docker', 'version', '--format', '{{.Server.Version}}')
const hasProgram = (): boolean => runs('redis-server', '--version')

const installed = (): boolean => installDebian('redis-server') && hasProgram()

async function startContainer(): Promise<TestRedis> {
  const { GenericContainer } = await import('testcontainers')
  const container = await new GenericContainer(IMAGE).withExposedPorts(6379).start()
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    async [Symbol.asyncDispose]() {
      await container.stop()
    },
  }
}

/** In memory only, and only for this machine. */
async function startProgram(): Promise<OwnRedis> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const start = async (): Promise<ChildProcess> => {
    const args = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--daemonize',
      'no',
    ]
    const child = spawn('redis-server', args, { stdio: 'ignore' })
    await eventually(() => answers(url))
    return child
  }
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  let child = await start()
  return {
    url,
    get process() {
      return child
    },
    async restart() {
      await kill(child)
      child = await start()
    },
    [Symbol.asyncDispose]: () => kill(child),
  }
}

async function answers(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.disconnect()
  }
}
