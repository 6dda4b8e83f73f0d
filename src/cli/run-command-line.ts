import { readFileSync } from 'node:fs'
import { parseConfig, type Environment } from '../app/config.js'
import { explainFailure, type FailureReport } from '../app/explain-failure.js'
import { ImportStopped } from '../import/import-stopped.js'
import { CommandFailedError, UsageError } from './command-errors.js'
import { completionFor, findCommand, isGroup, usageText } from './command-table.js'
import { print, printNotice, type Output } from './output.js'
import { callCommand } from './recorded-command.js'

const packageJson = new URL('../../../package.json', import.meta.url)

/** Runs `parley …`; its result is the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 an import with refused lines. */
export async function runCommandLine(
  argv: string[],
  env: Environment,
  output: Output = { print, printNotice },
): Promise<number> {
  try {
    return await run(argv, env, output)
  } catch (error) {
    const { text, exitCode } = explain(error)
    output.printNotice(text)
    return exitCode
  }
}

async function run(argv: string[], env: Environment, { print }: Output): Promise<number> {
  const [first] = argv
  const done = (text: string): number => {
    print(text)
    return 0
  }
  if (first === '--version' || first === '-v') {
    const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }
    return done(version)
  }
  if (first === '--help' || first === '-h' || first === 'help') return done(usageText(argv[1]))
  if (first === 'completion') return done(completionFor(argv[1]))
  const found = findCommand(argv)
  const isHelpWanted = argv.includes('--help') || argv.includes('-h')
  if (found === null) {
    if (isHelpWanted) return done(usageText(first))
    throw new UsageError(first === undefined ? usageText() : unknownCommand(argv))
  }
  const { name, command, args } = found
  if (isHelpWanted && args.length === argv.length - 1 && isGroup(first ?? '')) return done(usageText(first))
  if (isHelpWanted) return done(`Usage: parley ${command.usage}\n  ${command.summary}`)
  const work = command.parse(args)
  const config = parseConfig(env, (path) => readFileSync(path, 'utf8'))
  return callCommand({ name, args: command.namesUsers === true ? [] : args }, () => work(config))
}

const unknownCommand = ([first = '', second = '']: string[]): string => {
  const help = isGroup(first) ? `parley help ${first}` : 'parley --help'
  return `"${`${first} ${second}`.trim()}" is no command of parley: see ${help}`
}

function explain(error: unknown): FailureReport {
  if (error instanceof UsageError) return { text: error.message, exitCode: 2 }
  if (isParseArgsError(error)) return { text: error.message, exitCode: 2 }
  if (error instanceof CommandFailedError || error instanceof ImportStopped) return { text: error.message, exitCode: 1 }
  return explainFailure(error)
}

const isParseArgsError = (error: unknown): error is Error =>
  error instanceof Error && (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
