import { Resolver } from 'node:dns/promises'

/** Of each try, doubling: both together end before a request does. */
const TRY_MS = 1_000
const TRIES = 2

/**
 * All addresses of a name, those of IPv4 first. By a resolver of its own: the process's takes one of few threads until it has an answer,
 * so that names which never get one would hold up everybody's, the databases' too. No hosts file is read: what it names is not of the
 * open Internet. None where there is no answer.
 */
export async function resolveHost(host: string, servers?: readonly string[]): Promise<string[]> {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES })
  if (servers !== undefined) resolver.setServers(servers)
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  return found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}
