import { findLine } from '../child/describe-failure.js'
import { explainAccess } from '../child/explain-access.js'
import { ProjectionFailedError } from './projection-failed-error.js'

/** Why the process of a projection ended by itself, from what Node printed. `file` is the URL of the analyst's file. */
export function explainExit(output: string, file: string): ProjectionFailedError {
  const where = findLine(output, file)
  if (output.includes('heap out of memory'))
    return new ProjectionFailedError({ code: 'out-of-memory', message: 'the process used more than 256 MB', ...where })
  const [, name, message] = /^(?:Uncaught )?(\w*(?:[Ee]rror|Exception))(?: \[\w+\])?: (.*)$/m.exec(output) ?? []
  if (name === undefined) return new ProjectionFailedError({ code: 'exited', message: 'the process ended', ...where })
  const [, code = name] = /code: '(\w+)'/.exec(output) ?? []
  return new ProjectionFailedError({ code, message: explainAccess(code, message ?? ''), ...where })
}
