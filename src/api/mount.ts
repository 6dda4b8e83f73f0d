import type { IRouter } from 'express'
import { createEndpoint, type EndpointDeps } from './endpoint.js'
import type { Handler } from './exchange.js'
import { ProblemError } from './problem-details.js'
import type { Route } from './route.js'

/** Puts the routes on the router; other methods on their paths are answered 405. */
export function mountRoutes(router: IRouter, routes: readonly Route[], deps: EndpointDeps): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const ofPath = routes.filter((route) => route.path === path)
    const mounted = router.route(path) // one entry in the router's list, which every request walks from the top
    for (const route of ofPath) mounted[route.method](createEndpoint(route, deps))
    mounted.all(refuseMethod(ofPath))
  }
}

function refuseMethod(routes: readonly Route[]): Handler {
  const methods = routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
  const allow = methods.join(', ')
  return (_req, res) => {
    res.locals.headers['Allow'] = allow
    throw new ProblemError('method-not-allowed', { detail: `This path takes ${allow}` })
  }
}
