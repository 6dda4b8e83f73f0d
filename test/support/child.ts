import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A process of the product, with its output so far. */
export interface Child extends AsyncDisposable {
  process: ChildProcess
  readonly output: string
  /** The exit code; null where a signal ended it. */
  exited: Promise<number | null>
  /** Resolves once the output holds this; rejects when the process ends before. */
  says(text: string): Promise<void>
}

/** Runs `node dist/src/<script>` with this environment and none of ours but the path. */
export function startChild(
  script: 'main.js' | 'cli.js' | '../test/support/killable-server.js',
  args: string[],
  env: Record<string, string>,
): Child {
  const { PATH = '', NODE_V8_COVERAGE } = process.env
  const child = spawn(process.execPath, [`dist/src/${script}`, ...args], {
    env: {
      PATH,
      ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE, NODE_DISABLE_COMPILE_CACHE: '1' }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const heard = new Set<() => void>()
  const hear = (chunk: Buffer): void => {
    output += chunk.toString()
    for (const look of heard) look()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return {
    process: child,
    exited,
    get output() {
      return output
    },
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.includes(text)) return
          heard.delete(look)
          resolve()
        }
        heard.add(look)
        look()
        void exited.then((code) => reject(new Error(`ended with ${code} before it said "${text}":\n${output}`)))
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
