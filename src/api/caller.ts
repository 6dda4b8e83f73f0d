import { z } from 'zod'
import { clientKeySchema } from '../commands/catalogue/input-schemas.js'
import type { Caller } from '../commands/run-command.js'
import type { RequestInfo } from '../domain/client-info.js'
import type { Locals, Request } from './exchange.js'

const keyHeaderSchema = z.object({ 'Idempotency-Key': clientKeySchema })

/** Null where no token was asked for. */
export function callerOf(req: Request, { identity, requestId, client }: Locals, isCommand: boolean): Caller | null {
  if (identity === undefined) return null
  const key = isCommand ? clientKeyOf(req) : null
  return {
    userId: identity.userId,
    origin: 'rest',
    correlationId: requestId,
    key: key === null ? null : { value: key },
    client: { session: identity.sessionId, ...client },
  }
}

/** The request's client, for what is done without a caller. */
export const requestInfoOf = ({ client, requestId }: Locals): RequestInfo => ({ ...client, correlationId: requestId })

/** The client's key, null where it gave none. @throws ZodError */
export function clientKeyOf({ headers }: Request): string | null {
  const key = headers['idempotency-key']
  return key === undefined ? null : keyOf(key)
}

const keyOf = (header: unknown): string => keyHeaderSchema.parse({ 'Idempotency-Key': header })['Idempotency-Key']
