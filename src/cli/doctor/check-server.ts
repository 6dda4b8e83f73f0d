import type { Config } from '../../app/config.js'
import { type Finding, ok, warning } from './finding.js'

const TIMEOUT_MS = 5_000

/** Asks the node that these settings would start, if it runs on this machine. */
export async function checkServer({ host, port }: Pick<Config, 'host' | 'port'>): Promise<Finding[]> {
  if (port === 0) return []
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/readyz`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { status } = (await response.json()) as { status: string }
    const text = `${url} answers ${response.status} "${status}"`
    return [response.ok && status === 'ok' ? ok('node', text) : warning('node', `${text}: its components say why`)]
  } catch {
    return [warning('node', `nothing answers as Parley does at ${url}: no node runs with these settings`)]
  }
}
