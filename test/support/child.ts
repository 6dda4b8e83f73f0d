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
  /** The same for whatever the output has to show. */
  saysUntil(isShown: () => boolean): Promise<void>
}

export interface ChildOptions {
  /** It will be killed, or its code is no part of this release: recording its coverage would only slow it down. */
  isKilled?: boolean
  /** Its memory is measured: recording coverage would add to it. */
  isMeasured?: boolean
}

/** Runs `node dist/src/<script>` with this environment and none of ours but the path. */
export function startChild(
  script: string,
  args: string[],
  env: Record<string, string>,
  { isKilled = false, isMeasured = false }: ChildOptions = {},
): Child {
  const { PATH = '', ...ours } = process.env
  const NODE_V8_COVERAGE = isKilled || isMeasured ? undefined : ours['NODE_V8_COVERAGE']
  const child = spawn(process.execPath, [`dist/src/${script}`, ...args], {
    env: {
      PATH,
      ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE, NODE_DISABLE_COMPILE_CACHE: '1' }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const waiting = new Set<() => void>()
  const take = (chunk: Buffer): void => {
    output += chunk.toString()
    for (const look of waiting) look()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const exited = once(child, 'close').then(([code]) => code as number | null)

  const saysUntil = (isShown: () => boolean, what = 'what was waited for'): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isShown()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      void exited.then((code) => reject(new Error(`ended with ${code} before it said "${what}":\n${output}`)))
    })

  return {
    process: child,
    exited,
    get output() {
      return output
    },
    says: (text) => saysUntil(() => output.includes(text), text),
    saysUntil,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
