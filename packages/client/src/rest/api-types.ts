import type { paths } from './openapi.js'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The paths that have this method. */
export type PathOf<M extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<M, object> ? Path : never
}[keyof paths]

type Operation<M extends Method, Path extends PathOf<M>> = paths[Path] extends Record<M, infer Found> ? Found : never

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : never

type ParametersOf<Op> = Op extends { parameters: infer Parameters } ? Parameters : never

type PathParameters<Op> = ParametersOf<Op> extends { path: infer Params } ? { path: Params } : { path?: never }

type QueryParameters<Op> =
  ParametersOf<Op> extends { query: infer Query }
    ? { query: Query }
    : ParametersOf<Op> extends { query?: infer Query }
      ? { query?: NonNullable<Query> }
      : { query?: never }

type BodyOf<Op> = Op extends { requestBody: infer Body }
  ? { body: Json<Body> }
  : Op extends { requestBody?: infer Body }
    ? { body?: Json<NonNullable<Body>> }
    : { body?: never }

/** What a request of this operation consists of. */
export type RequestOf<M extends Method, Path extends PathOf<M>> = PathParameters<Operation<M, Path>> &
  QueryParameters<Operation<M, Path>> &
  BodyOf<Operation<M, Path>> & {
    /** Of a command: repeating it with the same key gives the first answer again. */
    idempotencyKey?: string
    /** Of a query: rather an old answer than none. */
    staleOk?: boolean
    signal?: AbortSignal
  }

/** The body of a successful answer; null where there is none. */
export type BodyOfAnswer<M extends Method, Path extends PathOf<M>> =
  Operation<M, Path> extends { responses: infer Responses }
    ? { [Status in keyof Responses]: BodyOfResponse<Responses[Status]> }[keyof Responses]
    : never

type BodyOfResponse<Response> = Response extends { content: { 'application/json': infer Body } }
  ? Body
  : Response extends { content: Record<string, string> }
    ? string
    : null

/** A successful answer. */
export interface Answer<Body> {
  body: Body
  status: number
  /** `Parley-Chat-Version`: of a query of a chat, the version that the answer shows; null elsewhere. */
  chatVersion: number | null
  /** The query parameters of the next page (`rel="next"`); null on the last. */
  next: URLSearchParams | null
  /** Those of the page before (`rel="prev"`). */
  previous: URLSearchParams | null
}
