import type { Config } from '../app/config.js'

/** One operator command; its result is the exit code. */
export type OperatorCommand = (args: string[], config: Config) => Promise<number>
