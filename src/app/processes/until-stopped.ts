/**
 * Resolves at Ctrl-C or SIGTERM, with what it was. Further SIGTERMs change nothing, since a service manager may send one to each process of a
 * server while the primary process passes on its own. A second Ctrl-C ends the process at once, but not a worker, whose primary it ends.
 */
export const untilStopped = ({ isWorker }: { isWorker: boolean }): Promise<string> =>
  new Promise((resolve) => {
    process.on('SIGTERM', () => resolve('SIGTERM'))
    process[isWorker ? 'on' : 'once']('SIGINT', () => resolve('Ctrl-C'))
  })
