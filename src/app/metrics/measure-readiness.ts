import type { Readiness } from '../../api/shapes/readiness-shape.js'
import { isAuditWhole } from '../readiness/readiness.js'
import type { Metrics } from '../metrics.js'
import { measure, shared, type Sample } from './measure.js'

/** What `/readyz` shows, as metrics. */
export function measureReadiness({ measured }: Metrics, readiness: () => Promise<Readiness>): void {
  const ask = shared(readiness)
  measure(measured.nodeReady, async () => [{ value: Number((await ask()).status !== 'unavailable') }])
  measure(measured.componentUp, async () => upOf((await ask()).components))
  measure(measured.componentSeconds, async () => latenciesOf((await ask()).components))
  measure(measured.projectionPaused, async () =>
    Object.entries((await ask()).components.projections).map(([projection, { status }]) => ({
      labels: { projection },
      value: Number(status === 'paused'),
    })),
  )
}

type Components = Readiness['components']

function upOf({ projections: _, redis, audit, ...others }: Components): Sample[] {
  const sample = (component: string, isUp: boolean): Sample => ({ labels: { component }, value: Number(isUp) })
  return [
    ...Object.entries(others).map(([name, { status }]) => sample(name, status === 'ok')),
    sample('audit', isAuditWhole(audit)),
    ...(redis === null ? [] : [sample('redis', redis.status === 'ok')]),
  ]
}

function latenciesOf({ eventStore, postgres, keys, redis }: Components): Sample[] {
  return Object.entries({ eventStore, postgres, keys, redis }).flatMap(([component, state]) => {
    const latencyMs = state?.latencyMs ?? null
    return latencyMs === null ? [] : [{ labels: { component }, value: latencyMs / 1_000 }]
  })
}
