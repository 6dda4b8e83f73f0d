import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { RefusedError, type Fetched, type FetchRefusal } from './outcome.js'
import { isPublicAddress } from './public-address.js'
import { readBody } from './read-body.js'
import { resolveHost } from './resolve-host.js'
import { parseTarget, type Target } from './target-url.js'

export interface FetchRequest {
  /** GET by default. Only what is got follows redirects. */
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** Ends it early. */
  signal?: AbortSignal
}

/**
 * Fetches a URL that a user gave, and reaches nothing but the public Internet: http(s) on ports 80 and 443, no
 * credentials, every address of the host public, and the connection goes to one of those very addresses; the same again for each of
 * three redirects at most. No proxy, no cookies, no connection kept. 5 s in all. Whatever happens is a value.
 */
export type SafeFetch = (url: string, request?: FetchRequest) => Promise<Fetched>

/** The access to the network; tests replace it. */
export interface Network {
  /** All addresses of a name. */
  resolve(host: string): Promise<string[]>
  /** Where a connection to that address and port goes. */
  reach(address: string, port: number): { host: string; port: number }
  /** Certificates to trust beside the usual ones. */
  ca?: string
}

const DEADLINE_MS = 5_000
const MAX_REDIRECTS = 3
const MAX_HEADER_BYTES = 16 * 1024
const REDIRECTS = [301, 302, 303, 307, 308]

const internet: Network = {
  resolve: (host) => resolveHost(host),
  reach: (host, port) => ({ host, port }),
}

export function createSafeFetch(network: Network = internet, deadlineMs = DEADLINE_MS): SafeFetch {
  async function follow(first: string, request: FetchRequest, signal: AbortSignal): Promise<Fetched> {
    let target = targetOf(first)
    for (let redirects = 0; ; redirects++) {
      const address = await publicAddressOf(target, signal)
      const message = await send(target, address, request, signal)
      const next = request.method === 'POST' ? null : redirectOf(message, target)
      if (next === null) return await answerOf(message, target)
      message.destroy()
      if (redirects === MAX_REDIRECTS) throw new RefusedError('too-many-redirects')
      target = next
    }
  }

  /** Asked once for each hop: what it answers then is what is connected to. */
  async function publicAddressOf({ host }: Target, signal: AbortSignal): Promise<string> {
    const addresses = isIP(host) === 0 ? await untilAborted(resolve(host), signal) : [host]
    const [first] = addresses
    if (first === undefined) throw new RefusedError('unresolvable')
    if (!addresses.every(isPublicAddress)) throw new RefusedError('not-public')
    return first
  }

  async function resolve(host: string): Promise<string[]> {
    try {
      return await network.resolve(host)
    } catch {
      return []
    }
  }

  function send({ url, host, port }: Target, address: string, options: FetchRequest, signal: AbortSignal) {
    const { method = 'GET', headers = {}, body } = options
    const isSecure = url.protocol === 'https:'
    return new Promise<IncomingMessage>((resolvePromise, reject) => {
      const request = (isSecure ? httpsRequest : httpRequest)({
        ...network.reach(address, port),
        method,
        path: url.pathname + url.search,
        headers: { ...headers, host: url.host, 'accept-encoding': 'gzip, deflate, br', connection: 'close' },
        // A name is what the certificate must be for; an address is never sent as a name.
        ...(isSecure && {
          servername: isIP(host) === 0 ? host : '',
          ...(network.ca !== undefined && { ca: network.ca }),
        }),
        agent: false,
        maxHeaderSize: MAX_HEADER_BYTES,
        signal,
      })
      request.once('response', resolvePromise)
      request.on('error', (error: NodeJS.ErrnoException) => {
        reject(/^HPE_/.test(error.code ?? '') ? new RefusedError('bad-answer') : error)
      })
      request.end(body)
    })
  }

  return async (url, request = {}) => {
    const deadline = AbortSignal.timeout(deadlineMs)
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal])
    try {
      return await follow(url, request, signal)
    } catch (error) {
      return { kind: 'refused', code: codeOf(error, deadline, request.signal) }
    }
  }
}

function targetOf(text: string, base?: string): Target {
  const target = parseTarget(text, base)
  if (target === null) throw new RefusedError('not-allowed-url')
  return target
}

function redirectOf({ statusCode = 0, headers: { location } }: IncomingMessage, { url }: Target): Target | null {
  return REDIRECTS.includes(statusCode) && location !== undefined ? targetOf(location, url.href) : null
}

async function answerOf(message: IncomingMessage, { url }: Target): Promise<Fetched> {
  try {
    const { statusCode: status = 0, headers } = message
    return { kind: 'ok', status, headers, url: url.href, ...(await readBody(message)) }
  } finally {
    message.destroy()
  }
}

function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new RefusedError('timed-out'))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function codeOf(error: unknown, deadline: AbortSignal, caller: AbortSignal | undefined): FetchRefusal {
  if (caller?.aborted) return 'aborted'
  if (deadline.aborted) return 'timed-out'
  if (error instanceof RefusedError) return error.code
  return /^(Z_|ERR__)/.test((error as NodeJS.ErrnoException).code ?? '') ? 'bad-answer' : 'unreachable'
}
