import type { z } from 'zod'
import { createToSchema, type JsonSchema, type ToSchema } from './json-schema.js'
import { NOTHING } from './parameters.js'
import { isEverPrivileged, MAX_REASON, REASON_HEADER } from './record-read.js'
import { bodyTypes, type BodyAs } from './read-body.js'
import { problemExamples, problemResponses, withCodes } from './openapi-problems.js'
import { requestExamples } from './request-examples.js'
import { problemShape } from './shapes/problem-shape.js'
import type { Answers, Route } from './route.js'

/** OpenAPI 3.1 of the routes, from the very schemas that judge requests. */
export function openApiDocument(routes: readonly Route[]): object {
  const components: Record<string, JsonSchema> = {}
  const toSchema = createToSchema(components, 'draft-2020-12')
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operationOf(route, toSchema) }
  }
  toSchema(problemShape, 'output')
  const { Problem = {}, ...schemas } = components
  return {
    openapi: '3.1.0',
    info: { title: 'Parley', version: '1' },
    paths,
    components: {
      schemas: { ...schemas, Problem: withCodes(Problem) },
      examples: problemExamples,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

function operationOf(route: Route, toSchema: ToSchema): object {
  const { summary, access, bots, params, query, body, bodyAs, answers } = route
  const parameters = [
    ...parametersIn('path', params ?? NOTHING, toSchema),
    ...parametersIn('query', query ?? NOTHING, toSchema),
    ...headersOf(route),
  ]
  return {
    tags: [tagOf(route)],
    summary,
    'x-access': access,
    'x-bots': bots,
    ...(access !== 'anyone' && { security: [{ bearer: [] }, ...(access === 'either' ? [{}] : [])] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && {
      requestBody: {
        required: access !== 'either',
        content: bodyOf(bodyAs, toSchema(body, 'input'), exampleOf(route)),
      },
    }),
    responses: {
      ...problemResponses(route),
      ...Object.fromEntries(Object.entries(answers).map(([status, shape]) => [status, responseOf(shape, toSchema)])),
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: toSchema(problemShape, 'output') } },
      },
    },
  }
}

function headersOf(route: Route): object[] {
  if (route.method !== 'get') return route.takesKey ? COMMAND_HEADERS : []
  return [...(route.access === 'anyone' ? [] : QUERY_HEADERS), ...(isEverPrivileged(route) ? [REASON] : [])]
}

const contentOf = (schema: JsonSchema) => ({
  [schema['type'] === 'string' ? 'text/plain' : 'application/json']: { schema },
})

/** The resource: the first part of the path. */
const tagOf = ({ path }: Route): string => path.split('/')[1] ?? ''

const exampleOf = ({ method, path }: Route): unknown => requestExamples[`${method} ${path}`]

const bodyOf = (as: BodyAs, schema: JsonSchema, example: unknown) =>
  Object.fromEntries(bodyTypes[as].map((type) => [type, { schema, ...(example !== undefined && { example }) }]))

function responseOf(shape: Answers[number] | undefined, toSchema: ToSchema): object {
  if (!shape) return { description: 'Done' }
  if (shape === 'ndjson')
    return { description: 'Lines of JSON', content: { 'application/x-ndjson': { schema: { type: 'string' } } } }
  return { description: 'The answer', content: contentOf(toSchema(shape, 'output')) }
}

function parametersIn(place: 'path' | 'query', schema: z.ZodType, toSchema: ToSchema): object[] {
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, shape]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: shape,
  }))
}

const header = (name: string, description: string): object => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
})

const REASON = header(
  REASON_HEADER,
  `Why this is read by virtue of a role, for the record of it: percent-encoded UTF-8, at most ${MAX_REASON} characters`,
)

const COMMAND_HEADERS = [header('Idempotency-Key', 'Repeating the command with it gives the first answer again')]

const QUERY_HEADERS = [
  header('Parley-Position', 'The answer holds what was written up to there'),
  header('Prefer', 'stale-ok: rather an old answer than none'),
]
