import type { Config } from './config.js'

/** The most connections of a server, however many processes it runs as; and the fewest that one process works with. */
const CONNECTIONS = {
  main: { most: 20, fewest: 4 },
  keys: { most: 4, fewest: 2 },
  analytics: { most: 4, fewest: 2 },
}

/** Of one process: several divide the connections among them. */
export function poolSizes(processes: Config['processes']): Record<keyof typeof CONNECTIONS, number> {
  const share = ({ most, fewest }: { most: number; fewest: number }): number =>
    processes === 'auto' ? most : Math.max(fewest, Math.floor(most / processes))
  return { main: share(CONNECTIONS.main), keys: share(CONNECTIONS.keys), analytics: share(CONNECTIONS.analytics) }
}
