import { ProblemError, problemOf } from './problem-details.js'
import { isProblemCode, problemTable, rowOf, type ProblemCode } from './problem-table.js'
import { isEverPrivileged } from './record-read.js'
import type { Route } from './route.js'

type JsonSchema = Record<string, unknown>

const codes = Object.keys(problemTable).filter(isProblemCode)

/** Codes that a route may answer because of its form alone; others depend on what it does. */
const ofAnyRoute: readonly ProblemCode[] = ['rate-limited', 'internal-error', 'too-busy']
const ofToken: readonly ProblemCode[] = [
  'token-missing',
  'token-expired',
  'token-revoked',
  'session-revoked',
  'invalid-token',
  'revocation-unknown',
]
const ofInput: readonly ProblemCode[] = ['validation-failed']
const ofBody: readonly ProblemCode[] = ['malformed-json', 'too-deeply-nested', 'body-too-large']
const ofRecorded: readonly ProblemCode[] = ['read-not-recorded', 'validation-failed']
const ofKey: readonly ProblemCode[] = ['idempotency-key-reused', 'outcome-unknown']

function codesOf(route: Route): ProblemCode[] {
  const { access, params, query, body, bots, takesKey } = route
  return [
    ...ofAnyRoute,
    ...(access === 'anyone' ? [] : ofToken),
    ...(params !== null || query !== null || body !== null ? ofInput : []),
    ...(body === null ? [] : ofBody),
    ...(takesKey ? ofKey : []),
    ...(access !== 'anyone' && bots === 'refused' ? (['not-for-bots'] as const) : []),
    ...(isEverPrivileged(route) ? ofRecorded : []),
  ]
}

/** One answer for each status of these codes, with an example for each code. */
export function problemResponses(route: Route): Record<string, object> {
  const codes = [...new Set(codesOf(route))]
  const statuses = [...new Set(codes.map((code) => rowOf(code).status))]
  return Object.fromEntries(
    statuses.map((status) => [String(status), responseOf(codes.filter((code) => rowOf(code).status === status))]),
  )
}

const responseOf = (codes: readonly ProblemCode[]): object => ({
  description: codes.map((code) => `\`${code}\`: ${rowOf(code).title}`).join('; '),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
  },
})

/** Of every example. */
export const REQUEST_ID = '019b7f60-1a2b-7c3d-8e4f-5a6b7c8d9e0f'

/** Every problem as it is answered, by its code. */
export const problemExamples: Readonly<Record<string, object>> = Object.fromEntries(
  codes.map((code) => [code, { summary: rowOf(code).title, value: problemOf(new ProblemError(code), REQUEST_ID) }]),
)

/** The schema of problems, with every code there is. */
export const withCodes = (problem: JsonSchema): JsonSchema => ({
  ...problem,
  properties: { ...(problem['properties'] as object), code: { type: 'string', enum: codes } },
})
