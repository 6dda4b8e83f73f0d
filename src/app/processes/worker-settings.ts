/** What the primary process hands to a worker process, which reads everything else from the same environment. */
export interface WorkerSettings {
  /** From 1. */
  number: number
  /** How many workers there are. */
  count: number
  /** Where all of them listen. */
  port: number
  /** Whether it prints what a server prints when it starts. */
  printsStart: boolean
  /** Where the primary serves the metrics of all; null where they have no port of their own. */
  metricsUrl: string | null
}

export const workerEnvironment = (settings: WorkerSettings): Record<string, string> => ({
  PARLEY_WORKER: JSON.stringify(settings),
})

/** Null in a process that is no worker. Takes them out of the environment, which other processes may be started with. */
export function takeWorkerSettings(env: NodeJS.ProcessEnv): WorkerSettings | null {
  const text = env['PARLEY_WORKER']
  if (text === undefined) return null
  delete env['PARLEY_WORKER']
  return JSON.parse(text) as WorkerSettings
}
