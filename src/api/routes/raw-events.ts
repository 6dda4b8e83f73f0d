import { z } from 'zod'
import { UnknownPositionError } from '../../eventstore/event-log.js'
import { orNotFound } from '../answers.js'
import { limitSchema, startSchema } from '../parameters.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { rawEventShape } from '../shapes/audit-shapes.js'

/** Longer than the name of any stream. */
const MAX_NAME = 200

const formSchema = z
  .enum(['sealed', 'plain'])
  .default('sealed')
  .meta({ description: '`plain`: personal fields are decrypted; what was erased is null' })

const positionSchema = z.string().max(200).nullable().default(null)

const showStream = route({
  method: 'get',
  path: '/audit/streams/:stream',
  summary:
    'The events of a stream as the log holds them, from version `after` on, up to the one that was its last when the first page was read',
  access: 'auditor',
  readsFrom: null,
  cost: 3,
  params: z.strictObject({ stream: z.string().max(MAX_NAME) }),
  query: z.strictObject({
    after: startSchema.nullable().default(null),
    upTo: startSchema.nullable().default(null),
    form: formSchema,
    limit: limitSchema,
  }),
  answers: { 200: z.array(rawEventShape) },
  uses: ['rawEvents'],
  async handle({ params: { stream }, query }, { rawEvents }) {
    const { events, next } = orNotFound(await rawEvents.ofStream(stream, query), 'stream-not-found')
    return answer(200, events, { links: next === null ? {} : { next: { ...next } } })
  },
})

const showLog = route({
  method: 'get',
  path: '/audit/log',
  summary:
    'All events as the log holds them, from position `after` on, up to the one that was the last when the first page was read',
  access: 'auditor',
  readsFrom: null,
  cost: 3,
  query: z.strictObject({ after: positionSchema, upTo: positionSchema, form: formSchema, limit: limitSchema }),
  answers: { 200: z.array(rawEventShape) },
  uses: ['rawEvents'],
  async handle({ query }, { rawEvents }) {
    const { events, next } = await rawEvents.ofLog(query).catch((cause: unknown) => {
      throw cause instanceof UnknownPositionError ? new ProblemError('unknown-position', { cause }) : cause
    })
    return answer(200, events, { links: next === null ? {} : { next: { ...next } } })
  },
})

export const rawEventRoutes = [showStream, showLog]
