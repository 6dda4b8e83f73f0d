import { z } from 'zod'

const health = z.enum(['ok', 'degraded', 'unavailable'])

const component = z.object({ status: health, latencyMs: z.number().nullable(), reason: z.string().nullable() })

export const readinessShape = z
  .object({
    status: health,
    components: z.object({
      eventStore: component.extend({ kind: z.enum(['eventstoredb', 'postgres']) }),
      postgres: component,
      /** The database of the keys. */
      keys: component,
      /** Whether the main database can write. */
      disk: component,
      /** Degraded where an event is forged, or the tables of the audit chain are not protected. */
      audit: component,
      /** Unavailable where it is not known which are revoked: requests are answered 503. */
      sessions: component,
      /** Null where it is not configured. */
      redis: component.nullable(),
      /** Unavailable while the node stops. */
      realtime: z.object({ status: health, position: z.string(), reason: z.string().nullable() }),
      /** Degraded at 30 s behind the log; null where the lag is not known. */
      projections: z.record(z.string(), z.looseObject({ status: z.string(), lagSeconds: z.number().nullable() })),
    }),
  })
  .meta({ id: 'Readiness' })

export type Readiness = z.infer<typeof readinessShape>
