import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { retryDelay } from '../../async/retry-delay.js'

/** A worker that ends sooner than this after it began to listen counts as one that could not start. */
const STABLE_MS = 10_000
const RETRY_MS = 200
/** Longer than a worker may take for what is in flight. */
const INSIST_MS = 30_000

export interface WorkerExit {
  /** Null where a signal ended it. */
  code: number | null
  signal: string | null
  /** How often in a row it ended before it was stable. */
  failures: number
}

export interface KeepWorkerDeps {
  /** Starts the process. */
  fork(): Worker
  onUp(worker: Worker): void
  /** Called when it ended by itself; gives whether to start it again. */
  onEnded(exit: WorkerExit): boolean
}

/** One worker process, started again whenever it ends, after a pause that doubles while it ends soon each time. */
export interface KeptWorker {
  /** Null while it does not serve. */
  serving(): Worker | null
  /** Has it finish what is in flight, and resolves when it has ended; false where it did not end in good order. */
  stop(): Promise<boolean>
}

export function keepWorker({ fork, onUp, onEnded }: KeepWorkerDeps): KeptWorker {
  let upSince: number | null = null
  let failures = 0
  let isStopping = false
  let timer: NodeJS.Timeout | undefined
  let worker = start()

  function start(): Worker {
    const started = fork()
    started.once('listening', () => {
      upSince = performance.now()
      onUp(started)
    })
    started.once('exit', (code: number | null, signal: string | null) => ended({ code, signal }))
    return started
  }

  function ended(exit: Omit<WorkerExit, 'failures'>): void {
    const wasStable = upSince !== null && performance.now() - upSince >= STABLE_MS
    upSince = null
    if (isStopping) return
    failures = wasStable ? 1 : failures + 1
    if (onEnded({ ...exit, failures })) timer = setTimeout(() => (worker = start()), retryDelay(failures, RETRY_MS))
  }

  return {
    serving: () => (upSince === null ? null : worker),
    async stop() {
      isStopping = true
      clearTimeout(timer)
      if (worker.isDead()) return true
      const exited = once(worker, 'exit') as Promise<[code: number | null]>
      worker.process.kill('SIGTERM')
      const insist = setTimeout(() => worker.process.kill('SIGKILL'), INSIST_MS)
      const [code] = await exited
      clearTimeout(insist)
      return code === 0
    },
  }
}
