import { z } from 'zod'
import { answer, route } from '../route.js'
import { anyObjectShape } from '../shapes/frame-shape.js'
import { readinessShape } from '../shapes/readiness-shape.js'

const healthz = route({
  method: 'get',
  path: '/healthz',
  summary: 'The process is up',
  access: 'anyone',
  bots: 'admitted',
  countsAs: 'nothing',
  answers: { 200: z.object({ status: z.literal('ok') }) },
  handle: () => Promise.resolve(answer(200, { status: 'ok' as const })),
})

const readinessAnswer = z.union([readinessShape, z.object({ status: readinessShape.shape.status })])

const readyz = route({
  method: 'get',
  path: '/readyz',
  summary: 'Whether this node can serve; with the token for metrics also the state of each component',
  access: 'anyone',
  bots: 'admitted',
  countsAs: 'nothing',
  answers: { 200: readinessAnswer, 503: readinessAnswer },
  uses: ['readiness'],
  async handle({ isOperator }, { readiness }) {
    const whole = await readiness()
    const { status } = whole
    return answer(status === 'unavailable' ? 503 : 200, isOperator() ? whole : { status })
  },
})

const metrics = route({
  method: 'get',
  path: '/metrics',
  summary: 'Metrics, in the text format of Prometheus',
  access: 'anyone',
  bots: 'admitted',
  countsAs: 'nothing',
  answers: { 200: z.string() },
  uses: ['readMetrics'],
  async handle(_context, { readMetrics }) {
    const { text, contentType } = await readMetrics()
    return answer(200, text, { headers: { 'Content-Type': contentType } })
  },
})

/** Given as text that was made once. */
const textOfObject: z.ZodType = anyObjectShape

const openApi = route({
  method: 'get',
  path: '/openapi.json',
  summary: 'This description',
  access: 'anyone',
  bots: 'admitted',
  answers: { 200: textOfObject, 304: null },
  uses: ['openApi'],
  handle(_context, { openApi }) {
    const { content, headers } = openApi()
    return Promise.resolve(answer(200, content, { headers }))
  },
})

const asyncApi = route({
  method: 'get',
  path: '/asyncapi.json',
  summary: 'The description of the sockets',
  access: 'anyone',
  bots: 'admitted',
  answers: { 200: textOfObject, 304: null },
  uses: ['asyncApi'],
  handle(_context, { asyncApi }) {
    const { content, headers } = asyncApi()
    return Promise.resolve(answer(200, content, { headers }))
  },
})

export const operationRoutes = [healthz, readyz, metrics, openApi, asyncApi]
