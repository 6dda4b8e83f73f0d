import { FlagdCore } from '@openfeature/flagd-core'
import { z } from 'zod'
import { flagTable, type FlagName } from './feature-flags.js'

/** Rules of flags, ready to be evaluated. */
export interface ParsedFlags {
  core: FlagdCore
  /** The rules of each flag that the file names, as JSON. */
  definitions: ReadonlyMap<string, string>
}

/** The file is not what it has to be; the message says why, and follows the name of the file. */
export class FlagsFileError extends Error {
  override readonly name = 'FlagsFileError'
}

/** In UTF-16 units: the rules of a flag are written to the log when they change. */
const MAX_LENGTH = 65_536

const schema = z.looseObject({
  flags: z.record(
    z.string(),
    z.looseObject({
      state: z.enum(['ENABLED', 'DISABLED']),
      variants: z.record(z.string(), z.union([z.boolean(), z.string()])),
      defaultVariant: z.string(),
    }),
  ),
})

type Rules = z.infer<typeof schema>['flags'][string]

/**
 * Parses a file of flags in the format of flagd (https://flagd.dev/reference/flag-definitions/).
 * @throws FlagsFileError where it is malformed, names a flag that does not exist, or gives one a value that it cannot have
 */
export function parseFlags(text: string): ParsedFlags {
  const { flags } = checkForm(text)
  for (const [name, rules] of Object.entries(flags)) checkVariants(name, rules)
  const core = open(text)
  for (const name of Object.keys(flags)) checkRules(name, core)
  return { core, definitions: new Map(Object.entries(flags).map(([name, rules]) => [name, JSON.stringify(rules)])) }
}

function checkForm(text: string): z.infer<typeof schema> {
  if (text.length > MAX_LENGTH) throw new FlagsFileError(`is longer than ${MAX_LENGTH} characters`)
  const json = parseJson(text)
  const { data, error } = schema.safeParse(json)
  if (data !== undefined) return data
  const [issue] = error.issues
  throw new FlagsFileError(`is not in the format of flagd: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FlagsFileError(`is not JSON: ${(error as Error).message}`)
  }
}

function checkVariants(name: string, { variants, defaultVariant }: Rules): void {
  if (!isFlagName(name))
    throw new FlagsFileError(`names the flag "${name}": there are ${Object.keys(flagTable).join(', ')}`)
  const values: readonly unknown[] = flagTable[name].values
  if (!Object.values(variants).every((variant) => values.includes(variant)))
    throw new FlagsFileError(`gives "${name}" a value that it cannot have: its variants are ${values.join(', ')}`)
  if (!Object.hasOwn(variants, defaultVariant))
    throw new FlagsFileError(`has no variant "${defaultVariant}" of "${name}", which is its default`)
}

const nothing = (): void => undefined
/** What is wrong is thrown. */
const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing }

function open(text: string): FlagdCore {
  // Rules are interpreted: text from a file never becomes code.
  const core = new FlagdCore(undefined, silent, { disableDynamicCodeGeneration: true })
  try {
    core.setConfigurations(text)
    return core
  } catch (error) {
    const { message, cause } = error as Error
    throw new FlagsFileError(`is not in the format of flagd: ${cause instanceof Error ? cause.message : message}`)
  }
}

/** Rules that cannot be evaluated for one user can be for none. Of some, flagd only logs what is wrong, and uses the default. */
function checkRules(name: string, core: FlagdCore): void {
  const problems: string[] = []
  const complain = (...parts: unknown[]): void => void problems.push(parts.join(''))
  const logger = { error: complain, warn: complain, info: complain, debug: complain }
  const { errorMessage } = core.resolve(
    name === 'blocked-words' ? 'string' : 'boolean',
    name,
    '',
    { targetingKey: 'user' },
    logger,
  )
  const [problem = errorMessage] = problems
  if (problem !== undefined) throw new FlagsFileError(`has rules of "${name}" that cannot be used: ${problem}`)
}

const isFlagName = (name: string): name is FlagName => Object.hasOwn(flagTable, name)
