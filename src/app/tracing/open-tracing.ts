import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  type Attributes,
  type Link,
} from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace'
import { withTimeout } from '../../async/with-timeout.js'
import { parleyVersion } from '../version.js'
import { appendSpan, requestSpan, type SpanIds } from './trace-ids.js'
import type { TracedCommand, Tracing } from './tracing.js'

const SHUTDOWN_MS = 2_000
/** A projection that catches up applies more at once; traces are for what is live. */
const MAX_SPANS_PER_PAGE = 100

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/

interface NewSpan {
  name: string
  kind: SpanKind
  began: number
  parent: SpanIds | null
  /** Random where it has none. */
  ids?: SpanIds
  attributes: Attributes
  links?: Link[]
  failed?: boolean
}

/** Loaded only where tracing is on. */
export function openTracing(processor: SpanProcessor): Tracing {
  let ids: Partial<SpanIds> = {}
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'parley', 'service.version': parleyVersion }),
    spanProcessors: [processor],
    idGenerator: {
      generateTraceId: () => ids.traceId ?? randomHex(32),
      generateSpanId: () => ids.spanId ?? randomHex(16),
    },
  })
  const tracer = provider.getTracer('parley')

  function record({ name, kind, began, parent, attributes, links = [], failed = false, ...given }: NewSpan): void {
    ids = given.ids ?? {}
    const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(parent))
    const span = tracer.startSpan(name, { kind, startTime: began, attributes, links }, context)
    ids = {}
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(performance.now())
  }

  function recordEach(commands: readonly TracedCommand[], span: Omit<NewSpan, 'parent' | 'ids'>): void {
    const each = new Map(commands.map((command) => [command.commandId, command]))
    for (const command of [...each.values()].slice(0, MAX_SPANS_PER_PAGE))
      record({ ...span, parent: appendSpan(command) })
  }

  return {
    answered({ requestId, name, status, began, traceparent }) {
      const attributes = { 'http.response.status_code': status, 'parley.request_id': requestId }
      const links = linksOf(traceparent)
      const failed = status >= 500
      record({
        name,
        kind: SpanKind.SERVER,
        began,
        parent: null,
        ids: requestSpan(requestId),
        attributes,
        links,
        failed,
      })
    },
    appended(commands, events, began) {
      const attributes = { 'parley.events': events }
      for (const command of commands) {
        const parent = requestSpan(command.correlationId)
        record({ name: 'append', kind: SpanKind.CLIENT, began, parent, ids: appendSpan(command), attributes })
      }
    },
    applied(projection, events, began) {
      const commands = events.slice(0, MAX_SPANS_PER_PAGE).map(({ metadata }) => JSON.parse(metadata) as TracedCommand)
      const attributes = { 'parley.events': events.length }
      recordEach(commands, { name: `projection ${projection}`, kind: SpanKind.CONSUMER, began, attributes })
    },
    pushed(events, began) {
      const attributes = { 'parley.events': events.length }
      const commands = events.map(({ metadata }) => metadata)
      recordEach(commands, { name: 'push', kind: SpanKind.PRODUCER, began, attributes })
    },
    async [Symbol.asyncDispose]() {
      await withTimeout(SHUTDOWN_MS, provider.shutdown()).catch(() => undefined)
    },
  }
}

const remote = (ids: SpanIds) => ({ ...ids, traceFlags: TraceFlags.SAMPLED, isRemote: true })

function linksOf(traceparent: string | undefined): Link[] {
  const [, traceId, spanId] = TRACEPARENT.exec(traceparent ?? '') ?? []
  return traceId === undefined || spanId === undefined ? [] : [{ context: remote({ traceId, spanId }) }]
}

const randomHex = (length: number): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length / 2))).toString('hex')
