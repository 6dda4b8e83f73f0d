import { startChild, type Child } from './child.js'

/** A server that runs as several processes. */
export interface ServerProcesses extends AsyncDisposable {
  child: Child
  url: string
  /** Null where it has no port of its own for them. */
  metricsUrl: string | null
  /** The process id of each worker that serves now, by its number. */
  pids(): Map<number, number>
  /** Kills a worker, and resolves when another serves in its place. */
  kill(number: number): Promise<void>
}

export async function startServerProcesses(env: Record<string, string>, count: number): Promise<ServerProcesses> {
  const child = startChild('main.js', [], { PORT: '0', PARLEY_PROCESSES: String(count), ...env }, { isKilled: true })
  for (let number = 1; number <= count; number++) await child.says(`Process ${number} serves (`)
  await child.says("Bob's chat list")
  const [, url = ''] = /listens on (http\S+)/.exec(child.output) ?? []
  const [, metricsUrl = null] = /Metrics: (\S+)\/metrics/.exec(child.output) ?? []

  function pids(): Map<number, number> {
    const found = child.output.matchAll(/Process (\d+) serves \(pid (\d+)\)/g)
    return new Map(Array.from(found, ([, number, pid]) => [Number(number), Number(pid)]))
  }

  return {
    child,
    url,
    metricsUrl,
    pids,
    async kill(number) {
      const before = pids().get(number)
      if (before === undefined) throw new Error(`there is no process ${number}`)
      process.kill(before, 'SIGKILL')
      await child.saysUntil(() => pids().get(number) !== before)
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
