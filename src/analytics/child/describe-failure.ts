import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UnavailableError } from '../../async/unavailable-error.js'
import { typedError } from '../../postgres/database-unavailable-error.js'
import type { FailureInFile } from './protocol.js'

/** SQL state of a statement that took too long: the fault of the statement, and repeating it would not help. */
const STATEMENT_TIMEOUT = '57014'

/** What is reported of an error thrown while the analyst's code ran. `folder` is the URL of the folder of analysts' files. */
export function describeFailure(error: unknown, folder: string): FailureInFile {
  const { code, name, message, stack = '' } = error instanceof Error ? errorFields(error) : thrownValue(error)
  return {
    code: code ?? name,
    message,
    ...findLine(stack, folder),
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

/** The first place in a stack, or in what Node prints about a crash, that lies in the folder. */
export function findLine(text: string, folder: string): Pick<FailureInFile, 'file' | 'line'> {
  for (const [, url = '', line] of text.matchAll(/(file:\/\/\S+?):(\d+)/g))
    if (url.startsWith(folder) && !url.includes('/node_modules/'))
      return { file: basename(fileURLToPath(url)), line: Number(line) }
  return { file: null, line: null }
}
