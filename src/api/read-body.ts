import express from 'express'
import { MOST_NESTED } from '../commands/nesting.js'
import type { Handler } from './exchange.js'
import { isNestedDeeper } from './nested-text.js'
import { ProblemError } from './problem-details.js'

const MOST_BODY_BYTES = 256 * 1024

const onlyJson: Handler = (req, _res, next) => {
  const isEmpty = req.headers['content-length'] === '0'
  next(isEmpty || req.is('application/json') !== false ? undefined : new ProblemError('not-json'))
}

/** Looked at as bytes, before anything is made of it. */
function check(_req: unknown, _res: unknown, body: Buffer, encoding: string): void {
  if (encoding !== 'utf-8') throw new ProblemError('not-json')
  if (isNestedDeeper(body, MOST_NESTED)) throw new ProblemError('too-deeply-nested')
}

const parse = express.json({ limit: MOST_BODY_BYTES, type: 'application/json', verify: check }) as Handler

/** For requests that may have a body: JSON in UTF-8 of at most 256 KiB, or none. */
export const readBody = [onlyJson, parse]
