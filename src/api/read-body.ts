import express from 'express'
import { MAX_NESTED } from '../commands/catalogue/nesting.js'
import type { Handler, Reply, Request } from './exchange.js'
import { isNestedDeeper } from './nested-text.js'
import { ProblemError } from './problem-details.js'
import { hasPlainJson, parseJson, readBytes } from './read-plain-json.js'

const MAX_BODY_BYTES = 256 * 1024

/** How a route takes its body: as JSON, or as the text of JSON or of a form, which it reads by itself. */
export type BodyAs = 'json' | 'text'

export const bodyTypes: Record<BodyAs, readonly string[]> = {
  json: ['application/json'],
  text: ['application/json', 'application/x-www-form-urlencoded'],
}

const onlyOf =
  (types: readonly string[]): Handler =>
  (req, _res, next) => {
    const isEmpty = req.headers['content-length'] === '0'
    next(isEmpty || req.is([...types]) !== false ? undefined : new ProblemError('not-json'))
  }

function checkEncoding(_req: unknown, _res: unknown, _body: Buffer, encoding: string): void {
  if (encoding !== 'utf-8') throw new ProblemError('not-json')
}

/** Looked at as bytes, before anything is made of it. */
function check(_req: unknown, _res: unknown, body: Buffer, encoding: string): void {
  checkEncoding(_req, _res, body, encoding)
  checkNesting(body)
}

function checkNesting(body: Buffer): void {
  if (isNestedDeeper(body, MAX_NESTED)) throw new ProblemError('too-deeply-nested')
}

const parse = {
  json: express.json({ limit: MAX_BODY_BYTES, type: [...bodyTypes.json], verify: check }),
  text: express.text({ limit: MAX_BODY_BYTES, type: [...bodyTypes.text], verify: checkEncoding }),
}

/** By express, whatever the request says of its body. */
const readers: Record<BodyAs, readonly Handler[]> = {
  json: [onlyOf(bodyTypes.json), parse.json as Handler],
  text: [onlyOf(bodyTypes.text), parse.text as Handler],
}

/**
 * Reads a body into `req.body`: in UTF-8, of at most 256 KiB, or none. Plain JSON is read without express, which looks for much that is
 * not there.
 * @throws what `problemOf` maps
 */
export async function readBody(as: BodyAs, req: Request, res: Reply): Promise<void> {
  if (as === 'json' && hasPlainJson(req, MAX_BODY_BYTES)) req.body = await readPlainJson(req)
  else for (const reader of readers[as]) await runHandler(reader, req, res)
}

async function readPlainJson(req: Request): Promise<unknown> {
  const bytes = await readBytes(req)
  if (bytes === null) throw new ProblemError('malformed-request')
  checkNesting(bytes)
  const value = parseJson(bytes)
  if (value === null) throw new ProblemError('malformed-json')
  return value
}

const runHandler = (handler: Handler, req: Request, res: Reply): Promise<void> =>
  new Promise((resolve, reject) => {
    void handler(req, res, (error?: unknown) => {
      if (error === undefined) resolve()
      else reject(error instanceof Error ? error : new Error('A handler failed', { cause: error }))
    })
  })
