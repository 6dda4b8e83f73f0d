import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The protocol server in a process of its own, which can be stopped, killed and started again. */
export interface ChildServer extends AsyncDisposable {
  readonly url: string
  readonly process: ChildProcess
  /** Ends it with SIGKILL. */
  kill(): Promise<void>
  /** Again, on the same port and with the same arguments and some more. */
  start(...more: string[]): Promise<void>
}

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url))

/** `args` as `main.ts` takes them; any free port by default. */
export async function startChildServer(...args: string[]): Promise<ChildServer> {
  let port = 0
  let child: ChildProcess

  async function start(...more: string[]): Promise<void> {
    const { NODE_V8_COVERAGE: _, ...env } = process.env // it is no part of the product
    child = spawn(process.execPath, [MAIN, '--port', String(port), ...args, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    })
    const lines = createInterface({ input: child.stdout! })
    const exited = once(child, 'exit').then(() =>
      Promise.reject(new Error('the protocol server ended before it listened')),
    )
    const [line] = (await Promise.race([once(lines, 'line'), exited])) as [string]
    exited.catch(() => undefined)
    port = Number(line.split(' ')[1])
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  await start()
  return {
    get url() {
      return `esdb://127.0.0.1:${port}?tls=false`
    },
    get process() {
      return child
    },
    kill,
    start,
    [Symbol.asyncDispose]: kill,
  }
}
