import express, { type Express } from 'express'
import { answerHeaders } from './answer-headers.js'
import { answerProblem } from './answer-problem.js'
import { asyncApiDocument } from './asyncapi/asyncapi.js'
import type { ClientAddress } from './client-address.js'
import { JSON_TYPE, type Handler } from './exchange.js'
import { fixedContent, type FixedContent } from './fixed-content.js'
import { mountRoutes } from './mount.js'
import { observeRequests } from './observe-requests.js'
import { openApiDocument } from './openapi.js'
import type { ApiDeps } from './parts.js'
import { ProblemError } from './problem-details.js'
import { createReadYourWrites } from './read-your-writes.js'
import { refuseRepeated } from './refuse-repeated.js'
import { createTokenCheck, requireToken } from './require-token.js'
import { routeList } from './route-list.js'

/** The REST API; it listens to nobody until a server is given to it. */
export function createApi(deps: ApiDeps): Express {
  const api = express()
  api.disable('x-powered-by')
  api.disable('etag')
  api.set('query parser', 'simple')
  api.use(observeRequests(deps))
  api.use(identifyClient(deps.clientAddress))
  api.use(answerHeaders(deps))
  api.use(refuseRepeated)
  let openApi: FixedContent | undefined
  let asyncApi: FixedContent | undefined
  const parts = {
    ...deps,
    reads: createReadYourWrites(deps, deps.readModelWaitMs),
    auditReads: createReadYourWrites({ ...deps, ...deps.auditTrail }, deps.readModelWaitMs),
    openApi: () => (openApi ??= fixedContent(JSON.stringify(openApiDocument(routeList)), JSON_TYPE)),
    asyncApi: () => (asyncApi ??= fixedContent(JSON.stringify(asyncApiDocument()), JSON_TYPE)),
  }
  const { metricsToken, hasMetricsPort } = deps
  if (hasMetricsPort) api.use('/metrics', notFound)
  if (metricsToken !== null) api.use('/metrics', requireToken(metricsToken))
  const isOperator = metricsToken === null ? () => !hasMetricsPort : createTokenCheck(metricsToken)
  mountRoutes(api, routeList, {
    authenticate: deps.authenticate,
    authenticateErased: deps.authenticateErased,
    path: deps.requestPath,
    isOperator,
    parts,
  })
  api.use(notFound)
  api.use(answerProblem(deps.requestPath))
  return api
}

const notFound: Handler = () => {
  throw new ProblemError('not-found')
}

const identifyClient =
  (clientAddress: ClientAddress): Handler =>
  (req, res, next) => {
    res.locals.client = clientAddress(req)
    next()
  }
