import type { IRouter } from 'express'
import { callerOf } from './caller.js'
import { send, type Handler, type Request, type Reply } from './exchange.js'
import { linkHeader } from './link-header.js'
import { isCounted } from './limit-requests.js'
import { NOTHING } from './parameters.js'
import type { Parts } from './parts.js'
import { ProblemError } from './problem-details.js'
import { readBody } from './read-body.js'
import type { Answer, Answers, Route } from './route.js'

/** Puts the routes on the router; whatever else their paths are asked for is answered 405. */
export function mountRoutes(
  router: IRouter,
  routes: readonly Route[],
  authenticate: Handler,
  limit: Handler,
  parts: Parts,
): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const ofPath = routes.filter((route) => route.path === path)
    for (const route of ofPath) router[route.method](path, ...handlersOf(route, authenticate, limit, parts))
    router.all(path, refuseMethod(ofPath))
  }
}

function handlersOf(route: Route, authenticate: Handler, limit: Handler, parts: Parts): Handler[] {
  const takeRoute: Handler = (_req, res, next) => {
    res.locals.route = route.path
    next()
  }
  return [
    takeRoute,
    ...(route.access === 'user' ? [authenticate] : []),
    route.limited ? limit : isCounted,
    ...(route.method === 'get' ? [] : readBody),
    endpoint(route, parts),
  ]
}

function endpoint({ method, params, query, body, handle }: Route, parts: Parts): Handler {
  const isCommand = method !== 'get'
  return async (req, res) => {
    const caller = callerOf(req, res.locals, isCommand)
    const context = {
      params: params?.parse(req.params) ?? null,
      query: (query ?? NOTHING).parse(req.query),
      body: isCommand ? (body ?? NOTHING).parse(req.body ?? {}) : null,
      caller,
      client: res.locals.client,
    }
    if (!isCommand && caller !== null && !(await parts.reads.fresh(caller.userId, req.headers)))
      res.setHeader('Parley-Stale', 'true')
    give(req, res, await handle(context, parts))
  }
}

function give(req: Request, res: Reply, { status, body, headers = {}, links }: Answer<Answers>): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  if (links?.next ?? links?.prev) res.setHeader('Link', linkHeader(req.originalUrl, links))
  send(res, status, body, headers['Content-Type'])
}

function refuseMethod(routes: readonly Route[]): Handler {
  const methods = routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
  const allow = methods.join(', ')
  return (_req, res) => {
    res.setHeader('Allow', allow)
    throw new ProblemError('method-not-allowed', { detail: `This path takes ${allow}` })
  }
}
