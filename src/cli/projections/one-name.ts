import { UsageError } from '../command-errors.js'

/** The one argument of a command. @throws UsageError */
export function oneName(positionals: readonly string[], usage: string): string {
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new UsageError(`Usage: parley ${usage}`)
  return name
}
