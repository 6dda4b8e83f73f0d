import { z } from 'zod'

export const anyObjectShape: z.ZodType<object> = z.looseObject({})

export const frameShape = z.object({ event: z.string(), payload: anyObjectShape }).meta({ id: 'Frame' })
