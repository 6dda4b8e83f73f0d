import { startWorker } from './start-worker.js'

/** Longer than any file may take, so that what hangs is named and the others still run. */
const LIMIT_MS = 1_200_000

/** Runs the files in this order, `workers` at once, each worker the next file when it has done one. `onResult` gets each file's result. */
export async function runFiles(files, { workers, onResult, limitMs = LIMIT_MS, ...options }) {
  const waiting = [...files]
  const work = async () => {
    let worker
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (worker?.isAlive !== true) worker = startWorker(options)
      onResult(await worker.run(file, limitMs))
    }
    await worker?.stop()
  }
  await Promise.all(Array.from({ length: Math.min(workers, files.length) }, work))
}
