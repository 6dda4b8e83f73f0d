import { execFileSync } from 'node:child_process'
import { startChildServer } from './eventstore-server/child-server.js'

/** What a run needs where Docker can bring it. */
const IMAGE = 'eventstore/eventstore:24.10'

/** The EventStoreDB that a run uses: real, or the protocol server of our own. */
export interface TestEventStore {
  url: string
  isReal: boolean
}

let used: TestEventStore | undefined

export const useEventStore = (eventStore: TestEventStore): void => void (used = eventStore)

export const eventStoreUrl = (): string => inUse().url
export const isRealEventStore = (): boolean => inUse().isReal

/** The server of `EVENTSTORE_URL`; else a container where there is a Docker engine; else the protocol server, in a process of its own. */
export async function startEventStore(): Promise<TestEventStore & { stop(): Promise<void> }> {
  const given = process.env['EVENTSTORE_URL']
  if (given !== undefined) return { url: given, isReal: true, stop: () => Promise.resolve() }
  if (hasDocker()) return startContainer()
  const server = await startChildServer()
  return { url: server.url, isReal: false, stop: () => server.kill() }
}

function inUse(): TestEventStore {
  if (used) return used
  throw new Error('no EventStoreDB: run mocha with --require dist/test/support/global-setup.js')
}

function hasDocker(): boolean {
  try {
    execFileSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

async function startContainer(): Promise<TestEventStore & { stop(): Promise<void> }> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_RUN_PROJECTIONS: 'None', EVENTSTORE_MEM_DB: 'true' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .start()
  return {
    url: `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`,
    isReal: true,
    async stop() {
      await container.stop()
    },
  }
}
