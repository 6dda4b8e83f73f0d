import { rateLimitHeaders } from '../limits/quota.js'
import { isBotToken } from '../identity/bots/bot-tokens.js'
import { bearerTokenOf, type Authenticate } from '../requests/authenticate.js'
import { RequestRefused } from '../requests/request-refused.js'
import type { RequestPath, Transport } from '../requests/request-path.js'
import { callerOf, clientKeyOf, requestInfoOf } from './caller.js'
import { send, type Handler, type Reply, type Request } from './exchange.js'
import { isKnown } from './fixed-content.js'
import { isIterable, sendLines } from './send-lines.js'
import { linkHeader } from './link-header.js'
import { NOTHING } from './parameters.js'
import type { Parts } from './parts.js'
import { readBody } from './read-body.js'
import { recordRead } from './record-read.js'
import type { Answer, Answers, Context, Route } from './route.js'
import type { Access } from '../identity/access.js'

type AnyContext = Context<Access, unknown, unknown, unknown>

export interface EndpointDeps {
  authenticate: Authenticate
  /** For routes that closed accounts may use. */
  authenticateErased: Authenticate
  path: RequestPath
  /** Whether a request bears the token for metrics; anybody's does where there is none. */
  isOperator: (req: Pick<Request, 'headers'>) => boolean
  parts: Parts
}

/** REST's adapter to the request path: one route as an express handler. */
export function createEndpoint(route: Route, deps: EndpointDeps): Handler {
  const { path, isOperator, parts } = deps
  const authenticate = route.closedAccounts ? deps.authenticateErased : deps.authenticate
  const { privilegedAccesses } = parts
  const isQuery = route.method === 'get'
  const used: Partial<Parts> = Object.fromEntries(route.uses.map((name) => [name, parts[name]]))

  const answer = (req: Request, res: Reply): Promise<void> =>
    path.run(route, transportOf(req, res), res.locals, async (context, quota) => {
      if (quota !== null) Object.assign(res.locals.headers, rateLimitHeaders([quota]))
      const read = await recordRead(route, req, res, context, privilegedAccesses)
      if (
        isQuery &&
        context.caller !== null &&
        route.readsFrom !== null &&
        !(await parts[route.readsFrom].fresh(context.caller.userId, req.headers))
      )
        res.locals.headers['Parley-Stale'] = 'true'
      await give(req, res, await read.of(route.handle(context, used)), parts.log)
    })

  function transportOf(req: Request, res: Reply): Transport<AnyContext> {
    return {
      isBot: () => isBotRequest(req),
      authenticate() {
        const token = bearerTokenOf(req.headers.authorization)
        if (token === null) throw new RequestRefused({ code: 'token-missing' })
        return authenticate(token)
      },
      parameters: () => Object.keys(req.query as object),
      chatId: () => req.params['id'] ?? '',
      outsiderCode: isQuery ? 'chat-not-found' : 'not-a-participant',
      async readBody() {
        if (isQuery) return false
        await readBody(route.bodyAs, req, res)
        return Object.keys(req.body ?? {}).length > 0
      },
      parse: () => contextOf(req, res),
    }
  }

  /** @throws ZodError */
  function contextOf(req: Request, { locals }: Reply): AnyContext {
    const { params, query, body, takesKey } = route
    return {
      caller: callerOf(req, locals, !isQuery && takesKey),
      params: params?.parse(req.params) ?? null,
      query: (query ?? NOTHING).parse(req.query),
      body: isQuery ? null : (body ?? NOTHING).parse(req.body ?? {}),
      request: requestInfoOf(locals),
      isOperator: () => isOperator(req),
      clientKey: () => clientKeyOf(req),
    }
  }

  return (req, res) => {
    res.locals.route = route.path
    return answer(req, res)
  }
}

/** Whatever its token is worth. */
function isBotRequest({ headers: { authorization = '' } }: Request): boolean {
  return /^bearer /i.test(authorization) && isBotToken(authorization.slice(authorization.lastIndexOf(' ') + 1))
}

async function give(
  req: Request,
  res: Reply,
  { status, body, headers = {}, links }: Answer<Answers>,
  log: Parts['log'],
): Promise<void> {
  Object.assign(res.locals.headers, headers)
  if (isKnown(headers['ETag'], req.headers['if-none-match'])) {
    send(res, 304, null)
    return
  }
  if (links?.next ?? links?.prev) res.locals.headers['Link'] = linkHeader(req.originalUrl, links)
  if (isIterable(body)) await sendLines(res, body, log)
  else send(res, status, body, headers['Content-Type'])
}
