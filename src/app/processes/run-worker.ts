import cluster from 'node:cluster'
import type { Config } from '../config.js'
import type { MetricsText } from '../metrics.js'
import { printStart } from '../print-start.js'
import { createApp } from '../start-app.js'
import { openIpcCalls } from './ipc-calls.js'
import type { ServeOptions } from './serve-alone.js'
import type { WorkerSettings } from './worker-settings.js'

/** One of several server processes that share a port, each a node of its own, until it is stopped. */
export async function runWorker(config: Config, settings: WorkerSettings, { print, stopped }: ServeOptions) {
  const { worker } = cluster
  if (worker === undefined) throw new Error('this process is no worker of a primary process')
  const { number, count, port, printsStart, metricsUrl } = settings
  const starting = createApp(
    { ...config, processes: count, port },
    {
      print: printsStart ? print : () => undefined,
      worker: { number, metricsUrl, metricsOfAll: async () => (await calls.call('metrics')) as MetricsText },
    },
  )
  const calls = openIpcCalls(worker, {
    metrics: async () => (await starting).metrics(),
    readiness: async () => (await starting).readiness(),
  })
  try {
    const app = await starting
    if (printsStart) printStart(app, count, print)
    await stopped
    await app[Symbol.asyncDispose]()
  } finally {
    worker.disconnect() // which would keep this process running
  }
}
