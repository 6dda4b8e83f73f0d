import type { Setting } from './setting.js'

export type Environment = Record<string, string | undefined>

export interface EnvironmentReader {
  read<Value>(setting: Setting<Value>): Value
  /** Whether the variable, or its `_FILE`, has a value. */
  isGiven(variable: string): boolean
  /** One line each, in the order in which they were found. */
  problems: string[]
}

/** Reads settings from `NAME`, or from the file that `NAME_FILE` names, and collects what is wrong with them. */
export function createEnvironmentReader(env: Environment, readFile: (path: string) => string): EnvironmentReader {
  const problems: string[] = []

  function textOf({ variable, refusesEmpty }: Setting<unknown>): string | undefined {
    const [direct, path] = [env[variable], env[`${variable}_FILE`]]
    if (!hasText(path)) {
      if (refusesEmpty && direct?.trim() === '')
        problems.push(`${variable} is set, but empty: give it a value, or unset it`)
      return hasText(direct) ? direct.trim() : undefined
    }
    if (hasText(direct)) problems.push(`${variable} and ${variable}_FILE are both set: unset one of them`)
    const content = contentOf(path.trim(), readFile)
    if (hasText(content)) return content.trim()
    problems.push(`${variable}_FILE names ${path.trim()}, which is empty or cannot be read: put the value there`)
    return undefined
  }

  return {
    read(setting) {
      const text = textOf(setting)
      if (text === undefined) return setting.absent
      const parsed = setting.parse(text)
      if ('value' in parsed) return parsed.value
      problems.push(`${setting.variable} ${parsed.problem}`)
      return setting.absent
    },
    isGiven: (variable) => env[variable] !== undefined || hasText(env[`${variable}_FILE`]),
    problems,
  }
}

const hasText = (text: string | undefined): text is string => text !== undefined && text.trim() !== ''

function contentOf(path: string, readFile: (path: string) => string): string | undefined {
  try {
    return readFile(path)
  } catch {
    return undefined
  }
}
