/** As of a process that SIGINT ended. */
const INTERRUPTED = 130

/**
 * Resolves at Ctrl-C or SIGTERM, with what it was. Further SIGTERMs change nothing, since a service manager may send one to each process of a
 * server while the primary process passes on its own. A second Ctrl-C ends the process at once, but for a worker, which ends with its primary.
 * The listeners stay: a library takes a signal that nobody listens to as the end.
 */
export const untilStopped = ({ isWorker }: { isWorker: boolean }): Promise<string> =>
  new Promise((resolve) => {
    let isInterrupted = false
    process.on('SIGTERM', () => resolve('SIGTERM'))
    process.on('SIGINT', () => {
      if (isInterrupted && !isWorker) process.exit(INTERRUPTED)
      isInterrupted = true
      resolve('Ctrl-C')
    })
  })
