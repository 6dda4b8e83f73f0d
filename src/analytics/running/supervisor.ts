import { createOutage } from '../../async/outage.js'
import { createSignal } from '../../async/signal.js'
import { UnavailableError } from '../../async/unavailable-error.js'
import type { LoadedFile } from '../child/protocol.js'
import {
  beginGeneration,
  readGenerations,
  recordFailure,
  setVersion,
  type GenerationRow,
} from '../database/checkpoints.js'
import type { Lease } from '../database/lease.js'
import type { RunningDeps } from './deps.js'
import { failureOf, ProjectionPausedError } from './failure-of.js'
import { startGenerationRunner, type GenerationRunner } from './generation-runner.js'
import { loadFile } from './load-file.js'

export interface SupervisorDeps extends RunningDeps {
  name: string
  path: string
  lease: Lease
  /** How often it renews the lease and looks for what the operator asked for; 1 s by default. */
  intervalMs?: number
}

/**
 * Runs one projection on this node as long as it holds the lease: its live generation, and one that is being built beside it. What the operator
 * asks for (retry, rebuild) stands in the table of generations, where this looks every second.
 */
export function startSupervisor(deps: SupervisorDeps): AsyncDisposable {
  const { name, pool, log, lease, report, intervalMs = 1_000 } = deps
  const stop = new AbortController()
  const { signal } = stop
  const wait = createSignal()
  const outage = createOutage(`projection-${name}`, report)
  const looking = createOutage(`projection-${name}-lease`, report)
  const runners = new Map<number, GenerationRunner>()
  let file: LoadedFile | null = null

  async function stopRunner(generation: number): Promise<void> {
    const runner = runners.get(generation)
    runners.delete(generation)
    await runner?.[Symbol.asyncDispose]()
  }

  async function stopAll(): Promise<void> {
    file = null
    for (const generation of runners.keys()) await stopRunner(generation)
  }

  /** Stops those whose generation is gone, and those that may try again, with the file as it is now. */
  async function stopEnded(rows: readonly GenerationRow[]): Promise<void> {
    for (const [generation, runner] of runners) {
      const row = rows.find((known) => known.generation === generation)
      if (row !== undefined && !(runner.isPaused() && row.failure === null)) continue
      if (row !== undefined) file = null
      await stopRunner(generation)
    }
  }

  /** Those that this node should run, and does not yet. */
  const idle = (rows: readonly GenerationRow[]): GenerationRow[] =>
    rows.filter(({ generation, failure }) => failure === null && !runners.has(generation))

  async function recordUnreadable(rows: readonly GenerationRow[], error: unknown): Promise<void> {
    if (error instanceof UnavailableError) throw error
    if (rows.length === 0) await beginGeneration(pool, { name, version: 0, start: log.start })
    const without = rows.length === 0 ? await readGenerations(pool, name) : idle(rows)
    const failure = failureOf(error, deps.hidesMessages)
    for (const row of without) await recordFailure(pool, row, failure)
    outage.failed(new ProjectionPausedError(failure))
  }

  /** A higher version than any that was begun gets a generation of its own; a lower one must be asked for. */
  async function beginVersion(rows: readonly GenerationRow[], version: number): Promise<GenerationRow[]> {
    await setVersion(pool, name, version)
    const highest = Math.max(0, ...rows.map((row) => row.version))
    if (highest < version && rows.every((row) => row.version !== 0))
      await beginGeneration(pool, { name, version, start: log.start })
    return readGenerations(pool, name)
  }

  async function startMissing(rows: readonly GenerationRow[]): Promise<void> {
    if (rows.length > 0 && idle(rows).length === 0) return
    if (rows.some(({ version }) => version === 0)) file = null // read it as it is now
    try {
      file ??= await loadFile(deps)
    } catch (error) {
      return recordUnreadable(rows, error)
    }
    const { version, events } = file
    const current = await beginVersion(rows, version)
    if (current.every((row) => row.version > version)) await lease.release(name) // to a node with the newer file
    for (const row of idle(current)) {
      if (row.version !== version) continue
      const started = startGenerationRunner({ ...deps, row, types: new Set(events), outage })
      runners.set(row.generation, started)
    }
  }

  async function look(): Promise<void> {
    if (!(await lease.take(name))) return stopAll()
    const rows = await readGenerations(pool, name)
    await stopEnded(rows)
    await startMissing(rows)
    looking.succeeded()
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await look().catch(looking.failed)
      await wait.wait(wait.count, intervalMs, signal)
    }
    await stopAll()
    await lease.release(name).catch(() => undefined)
  }

  const running = run()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
