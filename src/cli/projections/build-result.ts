import { CommandFailedError } from '../command-errors.js'
import { print, printNotice } from '../output.js'

/** What became of the build of one projection. */
export interface BuildResult {
  name: string
  version: number
  /** Why it was not built, with the remedy; null where it was. */
  problem: string | null
}

/** A problem of one build keeps no other from being tried. */
export async function buildResult(
  { name, version }: { name: string; version: number },
  build: () => Promise<{ version?: number } | undefined>,
): Promise<BuildResult> {
  try {
    return { name, version, ...(await build()), problem: null }
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error
    return { name, version, problem: error.message }
  }
}

/** Prints what became of each build; its result is the exit code. */
export function printBuildResults(results: readonly BuildResult[], json: boolean, done: string): number {
  const failed = results.filter(({ problem }) => problem !== null)
  if (json)
    print(JSON.stringify(results.map(({ name, version, problem }) => ({ name, version, ...(problem && { problem }) }))))
  else {
    for (const { name } of results.filter(({ problem }) => problem === null)) print(`${name} ${done}`)
    for (const { problem } of failed) printNotice(problem ?? '')
    if (failed.length > 0 && results.length > 1)
      printNotice(`${failed.length} of ${results.length} failed: ${failed.map(({ name }) => name).join(', ')}`)
  }
  return failed.length === 0 ? 0 : 1
}
