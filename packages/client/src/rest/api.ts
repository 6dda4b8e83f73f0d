import { ParleyError } from '../parley-error.js'
import type { Session } from '../session/session.js'
import type { Answer, BodyOfAnswer, Method, PathOf, RequestOf } from './api-types.js'
import { sendRequest, type Fetch } from './send-request.js'

/** Requests without these fields need no argument. */
type RequestArgument<Request> = object extends Request ? [request?: Request] : [request: Request]

type Call<M extends Method> = <Path extends PathOf<M>>(
  path: Path,
  ...request: RequestArgument<RequestOf<M, Path>>
) => Promise<Answer<BodyOfAnswer<M, Path>>>

/**
 * The REST API, typed from `openapi.json`: `api.get('/chats/{id}', { path: { id } })`. Each call carries the session's access token, which is
 * refreshed where needed, and a query waits on every node for what this client has written.
 * @throws ParleyError
 */
export type Api = { [M in Method]: Call<M> }

export interface ApiDeps {
  /** Of the server, without a path. */
  url: string
  session: Pick<Session, 'accessToken'>
  fetch?: Fetch
}

interface AnyRequest {
  path?: Record<string, string>
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  idempotencyKey?: string
  staleOk?: boolean
  signal?: AbortSignal
}

/** With a new token these succeed. */
const REFRESHABLE = new Set<string>(['token-expired', 'token-revoked', 'invalid-token'])

export function createApi({ url, session, fetch = globalThis.fetch.bind(globalThis) }: ApiDeps): Api {
  /** Where the last command of this client was written. */
  let position: string | null = null

  async function call(method: Method, path: string, request: AnyRequest = {}): Promise<Answer<never>> {
    const token = await session.accessToken()
    try {
      return await send(method, path, request, token)
    } catch (error) {
      if (!(error instanceof ParleyError && REFRESHABLE.has(error.code))) throw error
      return send(method, path, request, await session.accessToken({ refused: token }))
    }
  }

  async function send(method: Method, path: string, request: AnyRequest, token: string): Promise<Answer<never>> {
    const { idempotencyKey, staleOk, signal, body } = request
    const headers = {
      authorization: `Bearer ${token}`,
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(staleOk === true && { prefer: 'stale-ok' }),
      ...(method === 'get' && position !== null && { 'parley-position': position }),
    }
    const answer = await sendRequest(fetch, { method, url: urlOf(url, path, request), headers, body, signal })
    position = answer.response.headers.get('parley-position') ?? position
    return answerOf(answer)
  }

  const of =
    (method: Method) =>
    (path: string, request?: AnyRequest): Promise<Answer<never>> =>
      call(method, path, request)

  return { get: of('get'), post: of('post'), put: of('put'), patch: of('patch'), delete: of('delete') } as Api
}

/** The whole URL: `{names}` of the path are replaced, and the query is appended. */
function urlOf(base: string, path: string, { path: values = {}, query = {} }: AnyRequest): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value))
  return `${base.replace(/\/$/, '')}${filled}${parameters.size > 0 ? `?${parameters}` : ''}`
}

function answerOf({ response: { status, headers }, body }: { response: Response; body: unknown }): Answer<never> {
  const version = headers.get('parley-chat-version')
  const links = headers.get('link') ?? ''
  return {
    body: body as never, // typed by the path, in `Api`
    status,
    chatVersion: version === null ? null : Number(version),
    next: linked(links, 'next'),
    previous: linked(links, 'prev'),
  }
}

function linked(links: string, relation: 'next' | 'prev'): URLSearchParams | null {
  const query = new RegExp(`<[^>?]*\\?([^>]*)>; rel="${relation}"`).exec(links)?.[1]
  return query === undefined ? null : new URLSearchParams(query)
}
