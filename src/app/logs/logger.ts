import type { Writable } from 'node:stream'
import winston from 'winston'
import { allowedFields } from './log-fields.js'
import { readable } from './readable.js'

export interface LoggerOptions {
  level: string
  /** JSON lines; else lines for people. */
  json: boolean
  /** Standard error by default. */
  stream?: Writable
}

/** The diagnostic log of a process. What its lines may hold is in `log-fields.ts`. */
export const createLogger = ({ level, json, stream = process.stderr }: LoggerOptions): winston.Logger =>
  winston.createLogger({
    level,
    format: winston.format.combine(allowedFields(), json ? winston.format.json() : readable),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston's types name two classes
    transports: [new winston.transports.Stream({ stream })],
  })
