import express from 'express'
import type { Handler } from './exchange.js'
import { ProblemError } from './problem-details.js'

const MOST_BODY_BYTES = 256 * 1024

const onlyJson: Handler = (req, _res, next) => {
  const isEmpty = req.headers['content-length'] === '0'
  next(isEmpty || req.is('application/json') !== false ? undefined : new ProblemError('not-json'))
}

/** For requests that may have a body: JSON of at most 256 KiB, or none. */
export const readBody = [onlyJson, express.json({ limit: MOST_BODY_BYTES, type: 'application/json' }) as Handler]
