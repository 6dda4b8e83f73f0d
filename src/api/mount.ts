import type { IRouter } from 'express'
import { rolesSuffice } from '../identity/access.js'
import { refuseBots } from './authentication.js'
import { callerOf, clientKeyOf, clientInfoOf } from './caller.js'
import { send, type Handler, type Request, type Reply } from './exchange.js'
import { linkHeader } from './link-header.js'
import { NOTHING } from './parameters.js'
import type { Parts } from './parts.js'
import { asProblem, ProblemError } from './problem-details.js'
import { readBody } from './read-body.js'
import type { Answer, Answers, Counted, Route } from './route.js'

/** What counts requests of each kind. */
type Limit = Readonly<Record<Counted, Handler>>

/** Puts the routes on the router; whatever else their paths are asked for is answered 405. */
export function mountRoutes(
  router: IRouter,
  routes: readonly Route[],
  authenticate: Handler,
  limit: Limit,
  parts: Parts,
): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const ofPath = routes.filter((route) => route.path === path)
    const mounted = router.route(path) // one place in the router's list, which each request goes through from the top
    for (const route of ofPath) mounted[route.method](...handlersOf(route, authenticate, limit, parts))
    mounted.all(refuseMethod(ofPath))
  }
}

function handlersOf(route: Route, authenticate: Handler, limit: Limit, parts: Parts): Handler[] {
  const takeRoute: Handler = (_req, res, next) => {
    res.locals.route = route.path
    next()
  }
  return [
    takeRoute,
    ...(route.bots === 'refused' ? [refuseBots] : []),
    ...(isOpen(route) ? [] : [authenticate]),
    limit[route.countsAs],
    ...(isOpen(route) ? [] : [requireRole(route)]),
    ...(route.bots === 'bound' ? [requireBound(route)] : []),
    ...(route.method === 'get' ? [] : readBody(route.bodyAs)),
    ...(route.access === 'either' ? [unlessBody(authenticate)] : []),
    endpoint(route, parts),
  ]
}

/** No token is asked for before the body is read. */
const isOpen = ({ access }: Route): boolean => access === 'anyone' || access === 'either'

/** For routes that take a token or a body that says as much: with a body, the token is not looked at. */
const unlessBody =
  (authenticate: Handler): Handler =>
  (req, res, next) => {
    if (Object.keys(req.body ?? {}).length > 0) next()
    else void authenticate(req, res, next)
  }

/** Before anything is read of what was sent: to others, the route does nothing. */
function requireRole({ access, raised }: Route): Handler {
  const needs = Object.entries(raised)
  return (req, res, next) => {
    const roles = res.locals.claims?.roles ?? []
    const query = req.query as object
    const asked = needs.filter(([parameter]) => Object.hasOwn(query, parameter)).map(([, role]) => role)
    if (![access, ...asked].every((needed) => rolesSuffice(needed, roles)))
      throw new ProblemError('not-authorized', { detail: 'Not authorized: your roles do not reach so far' })
    next()
  }
}

/** A bot meets a chat that its token is not bound to as an outsider does. */
function requireBound({ method }: Route): Handler {
  const outside = asProblem({ code: method === 'get' ? 'chat-not-found' : 'not-a-participant' })
  return (req, res, next) => {
    const { boundTo } = res.locals
    const isIn = boundTo === undefined || boundTo.has((req.params['id'] ?? '').toLowerCase())
    next(isIn ? undefined : outside)
  }
}

function endpoint({ method, takesKey, params, query, body, handle }: Route, parts: Parts): Handler {
  const isCommand = method !== 'get'
  return async (req, res) => {
    const caller = callerOf(req, res.locals, isCommand && takesKey)
    const context = {
      params: params?.parse(req.params) ?? null,
      query: (query ?? NOTHING).parse(req.query),
      body: isCommand ? (body ?? NOTHING).parse(req.body ?? {}) : null,
      caller,
      whence: () => clientInfoOf(res.locals),
      clientKey: () => clientKeyOf(req),
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
