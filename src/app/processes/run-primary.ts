import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Config } from '../config.js'
import { holdEmbeddedPostgres } from '../databases.js'
import { createLogger } from '../logs/logger.js'
import { startMetricsListener } from '../metrics-listener.js'
import { createReleases, type Releases } from '../release.js'
import { closeLostConnection } from './close-lost-connection.js'
import { keepWorker, type KeptWorker, type WorkerExit } from './keep-worker.js'
import type { ServeOptions } from './serve-alone.js'
import { observeWorkers, type WorkerObservations } from './worker-observations.js'
import { workerEnvironment } from './worker-settings.js'

/** While no other worker serves, one that ends so often in a row before it is stable ends the server. */
const MAX_FAILURES = 5

export interface PrimaryOptions extends ServeOptions {
  /** Of the workers, 2 or more. */
  count: number
}

/** Why the server ends unasked. */
interface Failure {
  exitCode: number
  /** For the operator; null where the worker has said it. */
  text: string | null
}

/**
 * Runs the server as `count` worker processes that share its port, and starts those again that end. It serves no request itself. What has to
 * be there once for all is here: the embedded Postgres, and the port of the metrics. The first worker makes everything that a first start
 * makes, and prints what a server prints when it starts; the others follow when it listens. Gives the exit code.
 */
export async function runPrimary(config: Config, { count, print, stopped }: PrimaryOptions): Promise<number> {
  await using releases = createReleases()
  const logger = createLogger({ level: config.logLevel, json: config.production })
  await holdEmbeddedPostgres(config, print, releases)
  const observed = observeWorkers(count)
  const metricsUrl = await serveMetrics(config, observed, releases)
  const workers = new Map<number, KeptWorker>()
  const port = await choosePort(config)
  let hasServed = false

  const failure = new Promise<Failure>((fail) => {
    const start = (number: number): void => {
      const fork = (): Worker => {
        const settings = { number, count, port, printsStart: !hasServed, metricsUrl }
        const worker = cluster.fork(workerEnvironment(settings))
        closeLostConnection(worker)
        observed.add(number, worker)
        return worker
      }
      const kept = keepWorker({
        fork,
        onUp({ process: { pid } }) {
          hasServed = true
          logger.info(`Process ${number} serves (pid ${pid})`, { process: number })
          for (let other = 2; other <= count; other++) if (!workers.has(other)) start(other)
        },
        onEnded(exit) {
          observed.ended(number)
          const end = failureOf(number, exit, { hasServed, workers })
          if (end === null)
            logger.error(`Process ${number} ended with ${endOf(exit)}; starting it again`, { process: number })
          else fail(end)
          return end === null
        },
      })
      workers.set(number, kept)
    }
    start(1)
  })

  const end = await Promise.race([stopped, failure])
  if (typeof end === 'string') print(`${end}: finishing requests in flight …`)
  else if (end.text !== null) process.stderr.write(`${end.text}\n`)
  const inOrder = await Promise.all(Array.from(workers.values(), (worker) => worker.stop()))
  if (typeof end !== 'string') return end.exitCode
  await releases[Symbol.asyncDispose]()
  print('Stopped.')
  return inOrder.every(Boolean) ? 0 : 1
}

/** Null where the worker is to be started again. What keeps the first start from succeeding ends the server, as it does with one process. */
function failureOf(
  number: number,
  exit: WorkerExit,
  { hasServed, workers }: { hasServed: boolean; workers: ReadonlyMap<number, KeptWorker> },
): Failure | null {
  const { code, failures } = exit
  if (!hasServed && code !== null) return { exitCode: code, text: null }
  const isServed = [...workers.values()].some((worker) => worker.serving() !== null)
  if (isServed || failures < MAX_FAILURES) return null
  return {
    exitCode: 1,
    text: `Process ${number} of ${workers.size} ended ${failures} times in a row as it started, the last time with ${endOf(exit)}, and no other process serves`,
  }
}

const endOf = ({ code, signal }: WorkerExit): string => signal ?? `exit code ${code}`

/** In place of 0, a port that is free, so that all workers share it whenever they start. */
async function choosePort({ host, port }: Config): Promise<number> {
  if (port !== 0) return port
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port: free } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return free
}

async function serveMetrics(
  { metricsPort: port, metricsHost: host, metricsToken: token }: Config,
  { metrics, readiness }: WorkerObservations,
  releases: Releases,
): Promise<string | null> {
  if (port === null) return null
  return releases.add(await startMetricsListener({ host, port, token, metrics, readiness })).url
}
