import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
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

/** Below those that the system gives to outgoing connections: one of them could take the port while the server is down. */
const PORTS = { first: 20_000, count: 12_000 }

/** `args` as `main.ts` takes them, with some port that is free. */
export async function startChildServer(...args: string[]): Promise<ChildServer> {
  const { NODE_V8_COVERAGE: _, ...env } = process.env // it is no part of the product
  let port = 0
  let child: ChildProcess

  /** False where it ended before it listened. */
  async function start(...more: string[]): Promise<boolean> {
    child = spawn(process.execPath, [MAIN, '--port', String(port), ...args, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    })
    const listening = once(createInterface({ input: child.stdout! }), 'line').then(() => true)
    return Promise.race([listening, once(child, 'exit').then(() => false)])
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  do port = PORTS.first + randomInt(PORTS.count)
  while (!(await start()))
  return {
    get url() {
      return `esdb://127.0.0.1:${port}?tls=false`
    },
    get process() {
      return child
    },
    kill,
    async start(...more) {
      if (!(await start(...more))) throw new Error(`the protocol server does not start again on port ${port}`)
    },
    [Symbol.asyncDispose]: kill,
  }
}
