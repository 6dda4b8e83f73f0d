import { createOutage } from '../async/outage.js'
import { createSignal } from '../async/signal.js'
import { findFiles } from './find-files.js'
import { startSupervisor, type SupervisorDeps } from './running/supervisor.js'

export interface RunFolderDeps extends Omit<SupervisorDeps, 'name' | 'path'> {
  /** Absolute path. */
  folder: string
}

/** How often it looks for files that came or went. */
const INTERVAL_MS = 2_000

/** Runs every analyst's projection in a folder, also those that are added later. */
export function runFolder({ folder, ...deps }: RunFolderDeps): AsyncDisposable {
  const stop = new AbortController()
  const { signal } = stop
  const wait = createSignal()
  const reading = createOutage('projections-dir', deps.report)
  const supervisors = new Map<string, AsyncDisposable>()

  async function look(): Promise<void> {
    const files = new Map((await findFiles(folder)).map(({ name, path }) => [path, name]))
    for (const [path, supervisor] of supervisors) {
      if (files.has(path)) continue
      supervisors.delete(path)
      await supervisor[Symbol.asyncDispose]()
    }
    for (const [path, name] of files)
      if (!supervisors.has(path)) supervisors.set(path, startSupervisor({ ...deps, name, path }))
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await look().then(reading.succeeded, reading.failed)
      await wait.wait(wait.count, INTERVAL_MS, signal)
    }
    await Promise.all([...supervisors.values()].map((supervisor) => supervisor[Symbol.asyncDispose]()))
  }

  const running = run()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
