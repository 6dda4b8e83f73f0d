import type { ZodError } from 'zod'
import { isProblemCode, type ProblemCode } from './problem-table.js'

/** What is wrong with one field; the path as in `participantIds[1]`, empty for the whole. */
export interface FieldError {
  path: string
  message: string
}

const MAX_ERRORS = 50

type Issue = ZodError['issues'][number]

export const fieldErrorsOf = ({ issues }: ZodError): FieldError[] => issues.flatMap(errorsOf).slice(0, MAX_ERRORS)

/** The code that the first issue with one asks for; some faults of a message have a code of their own. */
export function validationCodeOf({ issues }: ZodError): ProblemCode {
  return issues.map(codeOf).find((code) => code !== null) ?? 'validation-failed'
}

function errorsOf(issue: Issue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: issue.message }]
  return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'is not known' }))
}

function codeOf(issue: Issue): ProblemCode | null {
  const code: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined
  return isProblemCode(code) ? code : null
}

const pathOf = (steps: readonly PropertyKey[]): string =>
  steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    return path === '' ? String(step) : `${path}.${String(step)}`
  }, '')
