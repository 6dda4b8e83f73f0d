import './app/compile-cache.js'
import { readFileSync } from 'node:fs'
import { parseConfig } from './app/config.js'
import { endInTime } from './app/end-in-time.js'
import { explainFailure } from './app/explain-failure.js'
import { processCount } from './app/processes/process-count.js'
import { untilStopped } from './app/processes/until-stopped.js'
import { takeWorkerSettings } from './app/processes/worker-settings.js'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Each way of running loads only what it needs. */
async function serve(): Promise<number> {
  const worker = takeWorkerSettings(process.env)
  const config = parseConfig(process.env, (path) => readFileSync(path, 'utf8'))
  const stopped = untilStopped({ isWorker: worker !== null })
  if (worker !== null) {
    const { runWorker } = await import('./app/processes/run-worker.js')
    await runWorker(config, worker, { print, stopped })
    return 0
  }
  const { count, note } = processCount(config)
  if (note !== null) print(note)
  if (count > 1) {
    const { runPrimary } = await import('./app/processes/run-primary.js')
    return runPrimary(config, { count, print, stopped })
  }
  const { serveAlone } = await import('./app/processes/serve-alone.js')
  await serveAlone(config, { print, stopped })
  return 0
}

endInTime()
serve().then(
  (exitCode) => (process.exitCode = exitCode),
  (error: unknown) => {
    const { text, exitCode } = explainFailure(error)
    process.stderr.write(`${text}\n`)
    process.exitCode = exitCode
  },
)
