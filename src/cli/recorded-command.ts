import { AsyncLocalStorage } from 'node:async_hooks'
import type { Core } from '../app/core.js'
import { startPrivilegedAccesses } from '../app/start-privileged-accesses.js'
import { createReleases } from '../app/release.js'
import type { FailureReport } from '../async/outage.js'
import { operatorName } from './operator-name.js'

/** A command as the log keeps it. */
export interface CalledCommand {
  /** The words that call it. */
  name: string
  /** Empty where they may name users. */
  args: readonly string[]
}

const called = new AsyncLocalStorage<CalledCommand>()

/** Runs a command so that whatever of it opens the log is recorded there: no command can leave it out. */
export const callCommand = <Result>(command: CalledCommand, run: () => Promise<Result>): Promise<Result> =>
  called.run(command, run)

/** Does work on an open log, which first records the command that it is part of, and at last how it ended. */
export async function recordCommand<Result>(
  { log, sealer }: Pick<Core, 'log' | 'sealer'>,
  report: FailureReport,
  work: () => Promise<Result>,
): Promise<Result> {
  const command = called.getStore()
  if (command === undefined) return work()
  const releases = createReleases()
  const accesses = startPrivilegedAccesses({ log, sealer, clock: () => new Date() }, report, releases)
  try {
    const { name, args } = command
    const access = await accesses.begin({
      by: operatorName(),
      operation: `parley ${name}`,
      filter: { args },
      reason: reasonIn(args),
    })
    try {
      const result = await work()
      access.end('done')
      return result
    } catch (error) {
      access.end('failed')
      throw error
    }
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}

function reasonIn(args: readonly string[]): string | null {
  const given = args.find((arg) => arg.startsWith('--reason='))?.slice('--reason='.length)
  return given ?? (args.includes('--reason') ? (args[args.indexOf('--reason') + 1] ?? null) : null)
}
