import { once } from 'node:events'
import type { Tasks } from '../load/tasks.js'
import { startNode } from './node-process.js'

/** The process that all load comes from, apart from the servers. */
export interface Load extends AsyncDisposable {
  /** One task at a time. @throws Error what the task threw */
  run<Name extends keyof Tasks>(name: Name, args: Parameters<Tasks[Name]>[0]): Promise<Awaited<ReturnType<Tasks[Name]>>>
}

export function startLoad(): Load {
  const started = startNode({ place: 'load', script: 'bench/load/main.js', ipc: true })
  const { child } = started
  child.stderr?.pipe(process.stderr)
  const over = started.ended.then((code) => {
    throw new Error(`the load process ended with ${code}:\n${started.output()}`)
  })
  over.catch(() => undefined) // the caller that waits for a task gets the error
  return {
    async run(name, args) {
      const answer = once(child, 'message') as Promise<[{ result: never } | { error: string }]>
      child.send({ name, args })
      const [outcome] = await Promise.race([answer, over])
      if ('error' in outcome) throw new Error(`${name}: ${outcome.error}`)
      return outcome.result
    },
    [Symbol.asyncDispose]: started[Symbol.asyncDispose],
  }
}
