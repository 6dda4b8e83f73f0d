import winston from 'winston'
import { requestIds } from '../../requests/request-context.js'

/** What a log line may hold beside level, message and time. All else is dropped: content, secrets, queries and values never get here. */
export const LOG_FIELDS = [
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

/** Keeps the fields above, with the ids of the request that the line is about. */
export const allowedFields = winston.format((info) => {
  const given: Record<string, unknown> = { ...requestIds(), ...info }
  const kept = LOG_FIELDS.flatMap((name) => (isPlain(given[name]) ? [[name, given[name]] as const] : []))
  for (const name of Object.keys(info)) if (name !== 'level' && name !== 'message') delete info[name]
  info['timestamp'] = new Date().toISOString()
  return Object.assign(info, Object.fromEntries(kept))
})

/** Objects could hold anything. */
const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
