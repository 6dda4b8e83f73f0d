import type { Config } from '../app/config.js'

/** Does the work of a command; its result is the exit code. */
export type CommandRun = (config: Config) => Promise<number>

export interface OperatorCommand {
  /** Without `parley`, as in `import FILE [--json]`. */
  usage: string
  /** In a few words, for the list of commands. */
  summary: string
  /** Its arguments are addresses or names: the log keeps that it ran, without them. */
  namesUsers?: true
  /** Reads the arguments, before anything is opened. @throws UsageError, or what `parseArgs` of node:util throws */
  parse(args: string[]): CommandRun
}
