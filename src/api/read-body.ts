import express from 'express'
import { MAX_NESTED } from '../commands/catalogue/nesting.js'
import type { Handler } from './exchange.js'
import { isNestedDeeper } from './nested-text.js'
import { ProblemError } from './problem-details.js'

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
  if (isNestedDeeper(body, MAX_NESTED)) throw new ProblemError('too-deeply-nested')
}

const parse = {
  json: express.json({ limit: MAX_BODY_BYTES, type: [...bodyTypes.json], verify: check }),
  text: express.text({ limit: MAX_BODY_BYTES, type: [...bodyTypes.text], verify: checkEncoding }),
}

/** For requests that may have a body: in UTF-8, of at most 256 KiB, or none. */
export const readBody = (as: BodyAs): Handler[] => [onlyOf(bodyTypes[as]), parse[as] as Handler]
