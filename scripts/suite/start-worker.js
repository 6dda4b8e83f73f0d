import { fileURLToPath } from 'node:url'
import { spawnGroup } from '../process-group.js'
import { readLines } from '../read-lines.js'
import { parseRecord } from './record.js'

const WORKER = fileURLToPath(new URL('worker.js', import.meta.url))

/**
 * A process that runs one test file at a time. `run` resolves with what the file printed and its counts, also where the file had to be
 * killed after `limitMs` or ended the process; then `isAlive` is false and another worker is needed.
 */
export function startWorker({ node = process.execPath, script = WORKER, env = {} } = {}) {
  const { child, kill, closed } = spawnGroup(node, ['--enable-source-maps', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let isAlive = true
  let lines = []
  let running = null
  let finish = null

  const take = (line) => {
    const record = parseRecord(line)
    if (record === null) lines.push(line)
    else if (record.running !== undefined) running = record.running
    else if (record.result !== undefined) finish?.(record.result)
  }
  const finishLines = [child.stdout, child.stderr].map((stream) => readLines(stream, take))
  child.once('exit', () => (isAlive = false))
  const ended = closed
    .then(({ code, signal }) => signal ?? `code ${code}`, String)
    .then((how) => {
      isAlive = false
      finishLines.forEach((flush) => flush())
      fail(`the process ended with ${how} during "${running}"`)
    })

  const fail = (reason) => {
    if (finish === null) return
    lines.push('  1 failing', '', `  1) ${reason}`)
    finish({ passed: 0, failed: 1, pending: 0, limitations: {} })
  }

  return {
    get isAlive() {
      return isAlive
    },
    async run(file, limitMs) {
      lines = []
      running = file
      const startedAt = performance.now()
      const timer = setTimeout(() => {
        fail(`killed after ${Math.round(limitMs / 1000)} s during "${running}"`)
        isAlive = false
        kill()
      }, limitMs)
      const result = await new Promise((resolve) => {
        finish = resolve
        child.send(file, () => undefined) // where it has ended, `ended` says so
      })
      finish = null
      clearTimeout(timer)
      return { file, ...result, lines, ms: performance.now() - startedAt }
    },
    /** Lets it end by itself, and kills it where it does not. */
    async stop(limitMs = 20_000) {
      if (child.connected) child.disconnect()
      const timer = setTimeout(kill, limitMs)
      await ended
      clearTimeout(timer)
    },
  }
}
