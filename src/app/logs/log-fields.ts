import winston from 'winston'
import { requestIds } from '../../requests/request-context.js'

/** What a log line may hold beside level, message and time. All else is dropped: content, secrets, queries and values never get here. */
export const LOG_FIELDS = [
  'process',
  'requestId',
  'correlationId',
  'traceId',
  'userId',
  'aboutUserId',
  'method',
  'route',
  'event',
  'status',
  'seconds',
  'follower',
  'operation',
  'kind',
  'work',
  'attempt',
  'isLast',
  'reason',
  'cause',
  'stack',
] as const

/** By which winston knows the level of a line. */
const LEVEL = Symbol.for('level')

/** Keeps the fields above, with the ids of the request that the line is about. */
export const allowedFields = winston.format((info) => {
  const given: Record<string, unknown> = { ...requestIds(), ...info }
  const kept = LOG_FIELDS.flatMap((name) => (isPlain(given[name]) ? [[name, given[name]] as const] : []))
  const { level, message } = info
  const timestamp = new Date().toISOString()
  return { timestamp, level, message, ...Object.fromEntries(kept), [LEVEL]: info[LEVEL] }
})

/** Objects could hold anything. */
const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
