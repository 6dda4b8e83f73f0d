import type { Handler } from './exchange.js'
import { ProblemError } from './problem-details.js'

/** Node takes the first of several and drops the rest; a proxy in front may have used the last. */
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type'])

/** Proxies may read no more, and drop the rest. */
const MAX_HEADERS = 100

/** Refuses requests that two readers could take differently: their host, their token, or the type of their body. */
export const refuseRepeated: Handler = ({ rawHeaders }, _res, next) => {
  if (rawHeaders.length > 2 * MAX_HEADERS)
    throw new ProblemError('malformed-request', { detail: `There are more than ${MAX_HEADERS} headers` })
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!ONCE.has(name)) continue
    if (seen.has(name)) throw new ProblemError('malformed-request', { detail: `The header ${name} is there twice` })
    seen.add(name)
  }
  next()
}
