import { z } from 'zod'
import { clientKeySchema } from '../commands/input-schemas.js'
import type { Caller } from '../commands/run-command.js'
import type { Locals, Request } from './exchange.js'

const keyHeaderSchema = z.object({ 'Idempotency-Key': clientKeySchema })

/** Null where nobody had to say who they are. */
export function callerOf(req: Request, { claims, requestId, client }: Locals, isCommand: boolean): Caller | null {
  if (claims === undefined) return null
  const key = req.headers['idempotency-key']
  return {
    userId: claims.userId,
    origin: 'rest',
    correlationId: requestId,
    key: isCommand && key !== undefined ? { value: keyOf(key) } : null,
    client: { session: claims.sessionId, ...client },
  }
}

const keyOf = (header: unknown): string => keyHeaderSchema.parse({ 'Idempotency-Key': header })['Idempotency-Key']
