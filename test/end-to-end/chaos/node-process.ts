import pLimit, { type LimitFunction } from 'p-limit'
import { openBreakableProxy, type BreakableProxy } from '../../support/breakable-proxy.js'
import { startChild, type Child } from '../../support/child.js'

/** A server process that is killed, stopped and started again; clients reach it through a proxy that can lose their connections. */
export interface NodeProcess extends AsyncDisposable {
  name: string
  /** Null while it is down. */
  readonly url: string | null
  readonly proxy: BreakableProxy | null
  /** For what ends or suspends it: two faults at once would start it twice. */
  oneAtATime: LimitFunction
  /** Resolves once it has ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** SIGSTOP or SIGCONT, where it runs. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Repeats until it listens: it cannot start while a database is away. */
  start(): Promise<void>
}

/** `onCrash` is called when it ends although nobody ended it. */
export function createNodeProcess(
  name: string,
  env: Record<string, string>,
  onCrash: (output: string) => void,
): NodeProcess {
  let child: Child | null = null
  let proxy: BreakableProxy | null = null
  let isDisposed = false

  async function tryToStart(): Promise<boolean> {
    const started = startChild('main.js', [], env, { isKilled: true })
    child = started
    const isListening = await started.says('listens on').then(
      () => true,
      () => false,
    )
    if (!isListening) return false
    const [, url = ''] = /listens on (http:\S+)/.exec(started.output) ?? []
    proxy = await openBreakableProxy(url)
    void started.exited.then((code) => {
      if (child === started) onCrash(`${name} ended by itself with ${code}:\n${started.output.slice(-4_000)}`)
    })
    return true
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = child
    child = null
    ended?.process.kill(signal)
    await ended?.exited
    await proxy?.[Symbol.asyncDispose]()
    proxy = null
  }

  return {
    name,
    oneAtATime: pLimit(1),
    get url() {
      return proxy?.url ?? null
    },
    get proxy() {
      return proxy
    },
    end,
    signal: (signal) => void child?.process.kill(signal),
    async start() {
      while (!isDisposed && !(await tryToStart()));
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true
      await end('SIGKILL')
    },
  }
}
