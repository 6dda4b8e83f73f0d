import { randomUUID } from 'node:crypto'
import { Histogram } from 'prom-client'
import { requestContext } from '../requests/request-context.js'
import type { Handler } from './exchange.js'
import type { ApiDeps } from './parts.js'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** UUIDs and trace ids. Request ids stay in the log in clear, so they must not be able to carry words. */
const REQUEST_ID = /^[0-9a-f-]{16,64}$/i

type ObserverDeps = Pick<ApiDeps, 'accessLog' | 'registry' | 'onAnswered'>

/** Gives each request its id, and measures, logs and traces it when it ends: by its route, never by its content. */
export function observeRequests({ accessLog, registry, onAnswered }: ObserverDeps): Handler {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From a request arriving to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  })

  /** Finding the series of three labels costs more than counting in it. There are few: methods and statuses of each route. */
  const known = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>()
  function seriesOf(method: string, route: string, status: number): Histogram.Internal<'method' | 'route' | 'status'> {
    const key = `${method} ${route} ${status}`
    const series = known.get(key) ?? duration.labels(method, route, String(status))
    known.set(key, series)
    return series
  }

  return (req, res, next) => {
    const started = performance.now()
    const given = req.headers['x-request-id']
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    const { locals } = res
    locals.requestId = requestId
    locals.route = 'unknown'
    locals.headers = { 'X-Request-Id': requestId }
    res.once('close', () => {
      const seconds = (performance.now() - started) / 1_000
      const { method } = req
      const { route } = locals
      const status = res.statusCode
      seriesOf(method, route, status).observe(seconds)
      if (accessLog.isLevelEnabled('http'))
        requestContext.run(locals, () => accessLog.http('request', { method, route, status, seconds }))
      const { traceparent } = req.headers
      const parent = typeof traceparent === 'string' ? traceparent : undefined
      onAnswered?.({ requestId, name: `${method} ${route}`, status, began: started, traceparent: parent })
    })
    requestContext.run(locals, next)
  }
}
