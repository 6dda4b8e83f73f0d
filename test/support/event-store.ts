import { execFileSync } from 'node:child_process'
import { startChildServer } from './eventstore-server/child-server.js'

/** What a run needs where Docker can bring it. */
const IMAGE = 'eventstore/eventstore:24.10'

let url: string | undefined
let tests = 0
let isReal = true

/** Of the EventStoreDB that this run uses: real, or the protocol server of our own. */
export function eventStoreUrl(): string {
  if (url !== undefined) return url
  throw new Error('no EventStoreDB: run mocha with --require dist/test/support/global-setup.js')
}

export const isRealEventStore = (): boolean => isReal

/** Called for each test that used it. */
export const countEventStoreTest = (): number => ++tests

/**
 * The server of `EVENTSTORE_URL`; else a container where there is a Docker engine; else the protocol server, in a process of its own.
 * What it gives stops it.
 */
export async function startEventStore(): Promise<() => Promise<void>> {
  url = process.env['EVENTSTORE_URL']
  if (url !== undefined) return () => Promise.resolve()
  if (hasDocker()) return startContainer()
  isReal = false
  const server = await startChildServer()
  url = server.url
  return server.kill
}

/** One line where nothing real was asked, so that nobody takes likeness for the thing. */
export function sayWhatWasReal(): void {
  if (tests === 0 || isReal) return
  console.log(
    `\n  ${tests} tests on EventStoreDB ran against the protocol server of test/support, none against a real one`,
  )
  console.log('  (set EVENTSTORE_URL to an EventStoreDB, or run where there is a Docker engine)')
}

function hasDocker(): boolean {
  try {
    execFileSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

async function startContainer(): Promise<() => Promise<void>> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_RUN_PROJECTIONS: 'None', EVENTSTORE_MEM_DB: 'true' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .start()
  url = `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`
  return async () => {
    await container.stop()
  }
}
