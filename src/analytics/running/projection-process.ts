import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UnavailableError } from '../../async/unavailable-error.js'
import type { Batch, BatchOutcome, LoadedFile, OpenRequest, Reply, Request } from '../child/protocol.js'
import { explainExit } from './explain-exit.js'
import { childScript, nodeArguments } from './permissions.js'
import { ProjectionFailedError } from './projection-failed-error.js'

/** The process in which an analyst's file runs. Each method throws ProjectionFailedError, or UnavailableError where it may work later. */
export interface ProjectionProcess extends AsyncDisposable {
  load(): Promise<LoadedFile>
  /** Connects to the database and creates the generation's tables where they are missing. */
  open(target: OpenRequest): Promise<void>
  apply(batch: Batch): Promise<BatchOutcome>
}

export interface ProjectionProcessOptions {
  /** Path of the analyst's file. */
  path: string
  /** How long one request may take before the process is killed; 30 s by default. */
  deadlineMs?: number
}

const MAX_OUTPUT = 16_384

/** Starts the process, with an empty environment. */
export function startProjectionProcess({ path, deadlineMs = 30_000 }: ProjectionProcessOptions): ProjectionProcess {
  const file = pathToFileURL(path).href
  const child = spawn(process.execPath, [...nodeArguments(dirname(path)), childScript], {
    env: {},
    cwd: dirname(path),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let output = ''
  child.stderr?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-MAX_OUTPUT)))
  let hasEnded = false
  const ended = new Promise<void>((resolve) => {
    for (const event of ['close', 'error']) child.once(event, () => resolve())
  }).then(() => void (hasEnded = true))
  const gone = ended.then(() => {
    throw explainExit(output, file)
  })
  gone.catch(() => undefined)

  async function request(message: Request): Promise<unknown> {
    const deadline = startDeadline(child, deadlineMs)
    try {
      const replied = once(child, 'message').then(([reply]) => reply as Reply)
      child.send(message, () => undefined)
      const reply = await Promise.race([replied, gone])
      if (!('failure' in reply)) return reply.value
      const { failure } = reply
      throw failure.isPassing
        ? new UnavailableError(failure.message, undefined, failure.code)
        : new ProjectionFailedError(failure)
    } catch (error) {
      throw deadline.isOver() ? tooSlow(path, deadlineMs) : error
    } finally {
      deadline.clear()
    }
  }

  return {
    load: () => request({ kind: 'load', file }) as Promise<LoadedFile>,
    async open(target) {
      await request({ kind: 'open', ...target })
    },
    apply: (batch) => request({ kind: 'apply', ...batch }) as Promise<BatchOutcome>,
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill('SIGKILL')
      await ended
    },
  }
}

function startDeadline(child: ChildProcess, ms: number) {
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    child.kill('SIGKILL')
  }, ms)
  return { isOver: () => isOver, clear: () => clearTimeout(timer) }
}

/** Nobody knows where it was: the line is that of `apply`. */
function tooSlow(path: string, ms: number): ProjectionFailedError {
  const before = readFileSync(path, 'utf8').split(/\bapply\b/)[0] ?? ''
  return new ProjectionFailedError({
    code: 'timeout',
    message: `apply took longer than ${ms / 1000} s: an endless loop, or too slow a statement`,
    file: basename(path),
    line: before.split('\n').length,
  })
}
