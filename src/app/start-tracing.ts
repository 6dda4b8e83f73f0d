import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { Config } from './config.js'
import type { Releases } from './release.js'
import type { Tracing } from './tracing/tracing.js'

const EXPORT_MS = 5_000

/** Null unless traces are to be sent somewhere: then nothing of OpenTelemetry is loaded. */
export async function startTracing(
  { otlpEndpoint }: Pick<Config, 'otlpEndpoint'>,
  exporter: SpanExporter | undefined,
  releases: Releases,
): Promise<Tracing | null> {
  if (otlpEndpoint === null && exporter === undefined) return null
  const [{ openTracing }, { BatchSpanProcessor, SimpleSpanProcessor }] = await Promise.all([
    import('./tracing/open-tracing.js'),
    import('@opentelemetry/sdk-trace'),
  ])
  if (exporter !== undefined) return releases.add(openTracing(new SimpleSpanProcessor({ exporter })))
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const url = `${otlpEndpoint?.replace(/\/$/, '')}/v1/traces`
  const sender = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS })
  return releases.add(openTracing(new BatchSpanProcessor({ exporter: sender })))
}
