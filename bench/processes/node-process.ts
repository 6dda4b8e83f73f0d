import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pinned, type Place } from './pinning.js'

export interface NodeProcess extends AsyncDisposable {
  child: ChildProcess
  pid: number
  /** What it has said so far, on both channels. */
  output(): string
  /** Resolves with the code with which it ended. */
  ended: Promise<number | null>
}

export interface NodeProcessOptions {
  place: Place
  /** Relative to the folder that holds `src` and `bench`, compiled. */
  script: string
  /** That folder of another build; this one's when absent. */
  folder?: string
  args?: readonly string[]
  /** Nothing but this and the path is handed on. */
  env?: Readonly<Record<string, string>>
  ipc?: boolean
}

const STOP_MS = 20_000

const HERE = fileURLToPath(new URL('../..', import.meta.url))

/** A Node process of the same version as this one. Disposing of it asks it to end, and insists after 20 s. */
export function startNode({
  place,
  script,
  folder = HERE,
  args = [],
  env = {},
  ipc = false,
}: NodeProcessOptions): NodeProcess {
  const [command, commandArgs] = pinned(place, process.execPath, [join(folder, script), ...args])
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])]
  const { PATH = '' } = process.env
  const child = spawn(command, commandArgs, { env: { PATH, NODE_ENV: 'production', ...env }, stdio })
  let said = ''
  for (const channel of [child.stdout, child.stderr])
    channel?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-20_000)))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    pid: child.pid ?? 0,
    output: () => said,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(insist)
    },
  }
}

/** Runs it to its end and gives what it wrote to standard output. @throws Error with all that it said where it failed */
export async function runNode(options: NodeProcessOptions): Promise<string> {
  const started = startNode(options)
  let written = ''
  started.child.stdout?.on('data', (text: string) => (written += text))
  const code = await started.ended
  if (code !== 0) throw new Error(`${options.script} ended with ${code}:\n${started.output()}`)
  return written
}
