import { createOutage, type Outage } from '../async/outage.js'
import { createSignal } from '../async/signal.js'
import { findFiles, type RefusedFile } from './find-files.js'
import { startSupervisor, type SupervisorDeps } from './running/supervisor.js'

export interface RunFolderDeps extends Omit<SupervisorDeps, 'name' | 'path'> {
  /** Absolute path. */
  folder: string
  /** Names of Parley's own projections, which no file may have. */
  reservedNames: ReadonlySet<string>
}

/** How often it looks for files that came or went. */
const INTERVAL_MS = 2_000

/** Runs every analyst's projection in a folder, also those that are added later, and reports files that cannot be projections. */
export function runFolder({ folder, reservedNames, ...deps }: RunFolderDeps): AsyncDisposable {
  const stop = new AbortController()
  const { signal } = stop
  const wait = createSignal()
  const reading = createOutage('projections-dir', deps.report)
  const supervisors = new Map<string, AsyncDisposable>()
  const refusals = new Map<string, Outage>()

  /** Each once, and again when it is gone. */
  function reportRefused(refused: readonly RefusedFile[]): void {
    for (const [file, outage] of refusals) if (!refused.some((one) => one.file === file)) outage.succeeded()
    for (const { file, reason } of refused) {
      const outage = refusals.get(file) ?? createOutage(`projection-${file}`, deps.report)
      refusals.set(file, outage)
      outage.failed(new Error(`the file ${file} of PROJECTIONS_DIR is not run: ${reason}`))
    }
  }

  async function look(): Promise<void> {
    const found = await findFiles(folder, reservedNames)
    reportRefused(found.refused)
    const files = new Map(found.files.map(({ name, path }) => [path, name]))
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
