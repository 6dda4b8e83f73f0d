import { z } from 'zod'
import type { ProjectionState } from '../../projections/engine/projection-states.js'
import { time, count } from './fields.js'
import { shapeOf } from './shape-of.js'

const failureShape = z.object({
  /** The event that cannot be applied; null where the file of an analyst's projection cannot be used at all. */
  position: z.string().nullable(),
  stream: z.string().nullable(),
  eventType: z.string().nullable(),
  code: z.string(),
  at: time,
  /** Of an analyst's projection alone; null where the message could repeat personal data. */
  message: z.string().nullable().exactOptional(),
  file: z.string().nullable().exactOptional(),
  line: z.int().nullable().exactOptional(),
})

export const projectionStateShape = shapeOf<ProjectionState>()(
  'Projection',
  z.object({
    name: z.string(),
    version: z.int(),
    /** Null before its tables were made. */
    generation: z.int().nullable(),
    status: z.enum(['live', 'rebuilding', 'paused', 'stopped']),
    /** Why an analyst's projection is stopped, where nobody has stopped it. */
    reason: z.string().nullable(),
    position: z.string(),
    headPosition: z.string(),
    lagEvents: count,
    lagSeconds: z.number().nullable(),
    /** Whether numbers of events are estimates. */
    estimated: z.boolean(),
    failure: failureShape.nullable(),
    rebuild: z
      .object({
        done: count,
        total: count,
        eventsPerSecond: z.number().nullable(),
        secondsLeft: z.number().nullable(),
        /** Only to be compared with the tables in use. */
        comparing: z.boolean(),
        /** Whether it is the rebuild that pauses, not the tables in use. */
        paused: z.boolean(),
      })
      .nullable(),
  }),
)

export const projectionDifferencesShape = z
  .object({
    at: time,
    tables: z.record(
      z.string(),
      z.object({
        count,
        /** At most 100. */
        rows: z.array(
          z.object({
            key: z.record(z.string(), z.unknown()),
            /** Null where only one of both has the row. */
            fields: z.array(z.string()).nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'ProjectionDifferences' })
