import { randomUUID } from 'node:crypto'
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { expect } from 'chai'
import { eventually } from '../../support/eventually.js'
import { startHttpSink } from '../../support/http-sink.js'
import { next, startTestApp, type TestApp, type TestUser } from '../../support/test-app.js'

const traceIdOf = (requestId: string): string => requestId.replaceAll('-', '')

/** The spans of one request: name, and name of the parent. */
function tree(spans: readonly ReadableSpan[], requestId: string): Record<string, string | null> {
  const ofTrace = spans.filter((span) => span.spanContext().traceId === traceIdOf(requestId))
  const nameOf = (spanId: string): string =>
    ofTrace.find((span) => span.spanContext().spanId === spanId)?.name ?? 'missing'
  return Object.fromEntries(
    ofTrace.map(({ name, parentSpanContext }) => [
      name,
      parentSpanContext === undefined ? null : nameOf(parentSpanContext.spanId),
    ]),
  )
}

const MESSAGE_SPANS = {
  append: 'POST /chats/:id/messages',
  'projection audit_chain': 'append',
  'projection audit_trail': 'append',
  'projection conversations': 'append',
  'projection decision_index': 'append',
}

async function startChat(parley: TestApp): Promise<{ alice: TestUser; chatId: string }> {
  const alice = await parley.register('Alice')
  const { body } = await parley.call('POST', '/chats', {
    token: alice.token,
    body: { participantIds: [], name: 'Garden' },
  })
  return { alice, chatId: (body as { id: string }).id }
}

describe('the trace of a message', () => {
  it('goes from the request through append and projections to the sockets, on every node', async () => {
    const here = new InMemorySpanExporter()
    const there = new InMemorySpanExporter()
    await using parley = await startTestApp({}, { spanExporter: here })
    const other = await parley.startNode({ spanExporter: there })
    const { alice, chatId } = await startChat(parley)
    await next(parley.socket(alice.token), 'ready')
    await next(other.socket(alice.token), 'ready')

    const requestId = randomUUID()
    const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    const { status } = await parley.call('POST', `/chats/${chatId}/messages`, {
      token: alice.token,
      body: { content: 'hello' },
      headers: { 'x-request-id': requestId, traceparent: `00-${parent.traceId}-${parent.spanId}-01` },
    })
    expect(status).to.equal(201)

    await eventually(() => {
      const spans = [...here.getFinishedSpans(), ...there.getFinishedSpans()]
      expect(tree(spans, requestId)).to.deep.equal({
        'POST /chats/:id/messages': null,
        ...MESSAGE_SPANS,
        push: 'append',
      })
      for (const exporter of [here, there]) expect(tree(exporter.getFinishedSpans(), requestId)).to.include.keys('push')
    })
    const rootId = traceIdOf(requestId).slice(16)
    const request = here.getFinishedSpans().find((span) => span.spanContext().spanId === rootId)
    expect(request?.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId }))).to.deep.equal([parent])
    expect(request?.attributes).to.include({ 'http.response.status_code': 201 })
  })

  it('that came by a socket begins with its event', async () => {
    const exporter = new InMemorySpanExporter()
    await using parley = await startTestApp({}, { spanExporter: exporter })
    const { alice, chatId } = await startChat(parley)
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    expect(await socket.emitWithAck('send_message', { chatId, content: 'hello' })).to.include({ ok: true })

    await eventually(() => {
      const spans = exporter.getFinishedSpans()
      const root = spans.find(({ name }) => name === 'socket send_message')
      expect(root).to.not.equal(undefined)
      const children = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === root?.spanContext().spanId)
      expect(children.map(({ name }) => name)).to.deep.equal(['append'])
    })
  })
})

describe('OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  it('receives the spans by OTLP over HTTP', async () => {
    await using sink = await startHttpSink()
    {
      await using parley = await startTestApp({ otlpEndpoint: sink.url })
      const { alice, chatId } = await startChat(parley)
      await parley.call('POST', `/chats/${chatId}/messages`, { token: alice.token, body: { content: 'hello' } })
    } // stopping sends what is left
    expect(new Set(sink.received.map(({ path }) => path))).to.deep.equal(new Set(['/v1/traces']))
    const sent = sink.received.map(({ body }) => body).join('\n')
    for (const text of ['"parley"', '"append"', 'POST /chats/:id/messages']) expect(sent).to.include(text)
  })

  it('that does not answer keeps nothing from working or stopping', async () => {
    await using parley = await startTestApp({ otlpEndpoint: 'http://127.0.0.1:9' })
    await startChat(parley)
  })
})
