import { rulesBroken } from './config-rules.js'
import { createEnvironmentReader, type Environment, type EnvironmentReader } from './settings/read-environment.js'
import { settings, type Config } from './settings/settings.js'

export type { Config, Environment }

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** Each problem is one line with the variable and what to do, and never repeats a secret. */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'))
  }
}

/**
 * Reads the environment. Each `NAME` may be given as `NAME_FILE`, the path of a file that holds it.
 * @throws ConfigError with every problem at once
 */
export function parseConfig(env: Environment, readFile: (path: string) => string): Config {
  const reader = createEnvironmentReader(env, readFile)
  const config = readAll(reader)
  const problems = [...reader.problems, ...rulesBroken(config, reader.isGiven)]
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

const readAll = ({ read }: EnvironmentReader): Config => {
  const values = Object.entries(settings).map(([key, setting]) => [key, read<unknown>(setting)])
  return Object.fromEntries(values) as Config
}
