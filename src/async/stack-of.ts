import { fileURLToPath } from 'node:url'

/** The folder of the project, as frames of a stack name it, with source maps and without. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MAX_CAUSES = 3

/**
 * An error for the log: its name, its code, and where it was thrown, with its causes. Messages are kept where Parley itself threw the error,
 * since those are written here; libraries and Node put SQL values, parsed text and host names into theirs.
 */
export function stackOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`
  if (error.stack === error.message) return error.message // an error that shows no stack on purpose
  const frames = framesOf(error)
  const lines = [summaryOf(error, frames), ...frames]
  if (error.cause === undefined || depth === MAX_CAUSES) return lines.join('\n')
  return `${lines.join('\n')}\n  caused by ${stackOf(error.cause, depth + 1)}`
}

/** The same in one line, without where it was thrown. */
export const describeError = (error: unknown): string =>
  error instanceof Error ? summaryOf(error, framesOf(error)) : `a thrown ${typeof error}`

function summaryOf(error: Error, [first = '']: readonly string[]): string {
  const { name, message } = error
  const code = codeOf(error)
  const isOurs = first.includes(ROOT) && !first.includes('/node_modules/')
  return [name, ...(code === null ? [] : [code]), ...(isOurs ? [message] : [])].join(': ')
}

/** Not the lines of the message, which may look the same. */
function framesOf({ stack = '', message }: Error): string[] {
  const from = stack.indexOf(message)
  const rest = from === -1 ? stack : stack.slice(from + message.length)
  return rest.split('\n').filter((line) => /^ +at /.test(line))
}

/** One such as `ECONNREFUSED` or `23505`. */
function codeOf(error: Error): string | null {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : null
}
