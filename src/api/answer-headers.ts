import { ServerResponse, type IncomingMessage } from 'node:http'
import helmet from 'helmet'
import { createBoundedCache } from '../async/bounded-cache.js'
import { crossOrigin } from './cross-origin.js'
import type { Handler, HeaderFields } from './exchange.js'
import type { ApiDeps } from './parts.js'

const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: { defaultSrc: [`'none'`], frameAncestors: [`'none'`] },
}

/** Answers are one person's, and change with the next event. */
const NEVER_CACHED = { 'Cache-Control': 'no-store' }

/** Any page can send any origin. */
const MAX_ORIGINS = 1_000

/**
 * The headers that every answer bears, by helmet and cors: made once for each origin, for setting them one by one costs more than the rest of
 * an answer. Preflight requests depend on more than their origin, and are answered by cors itself.
 */
export function answerHeaders(origins: Pick<ApiDeps, 'allowedOrigins' | 'production'>): Handler {
  const secure = helmet({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, xFrameOptions: { action: 'deny' } })
  const share = crossOrigin(origins)
  const known = createBoundedCache<string, HeaderFields>(MAX_ORIGINS)

  /** As the libraries set them on an answer that is not sent. */
  function headersFor(req: IncomingMessage): HeaderFields {
    const unsent = new UnsentResponse(req)
    secure(req, unsent, rethrow)
    share(req, unsent, rethrow)
    return { ...unsent.named, ...NEVER_CACHED }
  }

  return (req, res, next) => {
    const { locals } = res
    if (req.method === 'OPTIONS') {
      res.setHeaders(new Map(Object.entries(locals.headers)))
      secure(req, res, rethrow)
      share(req, res, next)
      return
    }
    const { origin = '' } = req.headers
    const headers = known.get(origin) ?? headersFor(req)
    known.set(origin, headers)
    locals.headers = { ...headers, ...locals.headers }
    next()
  }
}

/** Notes headers by their names as they would be written. */
class UnsentResponse extends ServerResponse {
  readonly named: Record<string, string> = {}

  override setHeader(name: string, value: string): this {
    this.named[name] = value
    return super.setHeader(name, value)
  }
}

function rethrow(error?: unknown): void {
  if (error instanceof Error) throw error
}
