import { createHash } from 'node:crypto'
import { traceIdOf } from '../../requests/request-context.js'

const hexOf = (id: string): string => {
  const hex = id.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(hex) ? hex : createHash('sha256').update(id).digest('hex').slice(0, 32)
}

export interface SpanIds {
  traceId: string
  spanId: string
}

/** The span of a request: also nodes that did not answer it can name it as a parent. */
export const requestSpan = (requestId: string): SpanIds => {
  const traceId = traceIdOf(requestId)
  return { traceId, spanId: traceId.slice(16) }
}

/** The span of the append of a command, in the trace of its request. */
export const appendSpan = ({ correlationId, commandId }: { correlationId: string; commandId: string }): SpanIds => ({
  traceId: traceIdOf(correlationId),
  spanId: hexOf(commandId).slice(0, 16),
})
