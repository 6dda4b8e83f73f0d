import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UnavailableError } from '../../async/unavailable-error.js'
import { typedError } from '../../postgres/database-unavailable-error.js'
import { explainAccess } from './explain-access.js'
import type { FailureInFile } from './protocol.js'

/** SQL state of a statement that took too long: the fault of the statement, and repeating it would not help. */
const STATEMENT_TIMEOUT = '57014'

/** What is reported of an error thrown while the analyst's code ran. `file` is the URL of the analyst's file. */
export function describeFailure(error: unknown, file: string): FailureInFile {
  const { code, name, message, stack = '' } = error instanceof Error ? errorFields(error) : thrownValue(error)
  return {
    code: code ?? name,
    message: explainAccess(code ?? name, message),
    ...findLine(stack, file),
    isPassing: code !== STATEMENT_TIMEOUT && typedError(error) instanceof UnavailableError,
  }
}

interface ErrorFields {
  code?: string | undefined
  name: string
  message: string
  stack?: string | undefined
}

const errorFields = (error: Error & { code?: string }): ErrorFields => {
  const { code, name, message, stack } = error
  return { code, name, message, stack }
}

const thrownValue = (value: unknown): ErrorFields => ({ name: 'Thrown', message: `not an error, but ${typeof value}` })

/**
 * The first place in a stack, or in what Node prints about a crash, that lies in the analyst's file or beside it; without one, the file
 * alone.
 */
export function findLine(text: string, file: string): Pick<FailureInFile, 'file' | 'line'> {
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  for (const [, url = '', line] of text.matchAll(/(file:\/\/\S+?):(\d+)/g))
    if (url.startsWith(folder) && !url.includes('/node_modules/')) return { file: nameOf(url), line: Number(line) }
  return { file: nameOf(file), line: null }
}

const nameOf = (url: string): string => basename(fileURLToPath(url))
