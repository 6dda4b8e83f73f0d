import type { z } from 'zod'
import type { Caller } from '../commands/run-command.js'
import type { AccountRole } from '../domain/roles/events.js'
import type { Access } from '../identity/access.js'
import type { RequestInfo } from '../domain/client-info.js'
import type { BotPolicy, CountsAs, Operation } from '../requests/operation.js'
import type { Parts } from './parts.js'
import type { BodyAs } from './read-body.js'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What each status answers with; `ndjson`: lines of JSON, made while they are sent; null: no body. */
export type Answers = Readonly<Record<number, z.ZodType | 'ndjson' | null>>

/** Links to other pages of a list: the query parameters that differ from this page's. */
export interface Links {
  next?: Record<string, string | number>
  prev?: Record<string, string | number>
}

interface Beside {
  headers?: Readonly<Record<string, string>>
  /** How many it shows, where its body is no list; for the record of reads by virtue of a role. */
  rows?: number
  links?: Links
}

interface AnswerOf<Status, Body> extends Beside {
  status: Status
  body: Body
}

export const answer = <const Status extends number, Body>(
  status: Status,
  body: Body,
  beside: Beside = {},
): AnswerOf<Status, Body> => ({ status, body, ...beside })

type BodyOf<Shape> = Shape extends z.ZodType ? z.output<Shape> : Shape extends 'ndjson' ? AsyncIterable<object> : null

export type Answer<Given extends Answers> = {
  [Status in keyof Given & number]: AnswerOf<Status, BodyOf<Given[Status]>>
}[keyof Given & number]

export interface Context<Who extends Access, Params, Query, Body> {
  params: Params
  query: Query
  body: Body
  /** With the client's key, where the request is a command that carries one. */
  caller: Who extends 'anyone' ? null : Who extends 'either' ? Caller | null : Caller
  /** The request's client and id, also without a token. */
  request: RequestInfo
  /** Whether it bears the token for metrics, or there is none. */
  isOperator: () => boolean
  /** Of a command to which no caller's key belongs. @throws ZodError */
  clientKey: () => string | null
}

export type ReadsFrom = 'reads' | 'auditReads'

/** One row of the API: what it takes and answers, and its handler; validation, routing and `openapi.json` are made from it. */
export interface Route extends Operation {
  method: Method
  /** As express takes it: `/chats/:id`. */
  path: string
  summary: string
  /** Whether a client's key makes repeating it safe; otherwise the header is ignored. */
  takesKey: boolean
  params: z.ZodType | null
  query: z.ZodType | null
  body: z.ZodType | null
  bodyAs: BodyAs
  /** Whether it takes tokens of accounts that were closed for their erasure, until they expire. */
  closedAccounts: boolean
  answers: Answers
  /** Of a query: which projection must have seen what its asker wrote; null where it reads the log itself. */
  readsFrom: ReadsFrom | null
  /**
   * Whether the log keeps who reads it by virtue of a role: so for every query that takes one, unless it shows nothing of others. See
   * `isPrivileged`.
   */
  recorded: boolean
  /** @throws whatever `problemOf` knows */
  /** What of the product its handler acts with. */
  uses: readonly (keyof Parts)[]
  handle: (context: Context<Access, unknown, unknown, unknown>, parts: Partial<Parts>) => Promise<Answer<Answers>>
}

interface RouteOf<Who extends Access, Params, Query, Body, Given extends Answers, Used extends keyof Parts> {
  method: Method
  path: string
  summary: string
  access: Who
  bots?: BotPolicy
  /** As a rule, whoever has a token may give a key. */
  takesKey?: boolean
  requiresRole?: Readonly<Record<string, AccountRole>>
  params?: z.ZodType<Params>
  query?: z.ZodType<Query>
  body?: z.ZodType<Body>
  bodyAs?: BodyAs
  closedAccounts?: true
  answers: Given
  readsFrom?: ReadsFrom | null
  /** Only to leave it out. */
  recorded?: false
  countsAs?: CountsAs
  /** 1 unless it says otherwise. */
  cost?: number
  uses?: readonly Used[]
  handle: (context: Context<Who, Params, Query, Body>, parts: Pick<Parts, Used>) => Promise<Answer<Given>>
}

/** What its schemas gave is what its handler takes: from here on, only they know. */
export function route<
  Who extends Access,
  const Given extends Answers,
  Params = null,
  Query = null,
  Body = null,
  Used extends keyof Parts = never,
>(given: RouteOf<Who, Params, Query, Body, Given, Used>): Route {
  const takesKey = given.access !== 'anyone' && given.access !== 'either'
  const nothing = { requiresRole: {}, params: null, query: null, body: null, uses: [] }
  const unless = {
    bots: 'refused',
    countsAs: 'request',
    cost: 1,
    bodyAs: 'json',
    closedAccounts: false,
    readsFrom: 'reads',
    recorded: true,
    ...nothing,
  }
  const waitsForReadModel = given.method !== 'get' && given.countsAs !== 'message'
  return { takesKey, waitsForReadModel, ...unless, ...given } as unknown as Route
}
