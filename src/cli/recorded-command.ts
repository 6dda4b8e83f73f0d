import { AsyncLocalStorage } from 'node:async_hooks'
import type { Core } from '../app/core.js'
import { startPrivilegedAccesses } from '../app/start-privileged-accesses.js'
import { createReleases } from '../app/release.js'
import type { FailureReport } from '../async/outage.js'
import type { Access } from '../security/privileged-accesses.js'
import { InterruptedError, listenForInterruption } from './interruption.js'
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

/**
 * Does work on an open log, which first records the command that it is part of, and at last how it ended: `cut` where it was interrupted. Work
 * that cannot be interrupted ends with the process then.
 */
export async function recordCommand<Result>(
  { log, sealer }: Pick<Core, 'log' | 'sealer'>,
  report: FailureReport,
  work: () => Promise<Result>,
): Promise<Result> {
  const command = called.getStore()
  if (command === undefined) return work()
  using interruption = listenForInterruption()
  try {
    await using releases = createReleases()
    const accesses = startPrivilegedAccesses({ log, sealer, clock: () => new Date() }, report, releases)
    const access = await accesses.begin(accessOf(command))
    try {
      const result = await interruption.during(work)
      access.end(interruption.isReceived ? 'cut' : 'done')
      return result
    } catch (error) {
      access.end(interruption.isReceived ? 'cut' : 'failed')
      throw error
    }
  } catch (error) {
    if (error instanceof InterruptedError) process.kill(process.pid, error.signal)
    throw error
  }
}

const accessOf = ({ name, args }: CalledCommand): Access => ({
  by: operatorName(),
  operation: `parley ${name}`,
  filter: { args },
  reason: reasonIn(args),
})

function reasonIn(args: readonly string[]): string | null {
  const given = args.find((arg) => arg.startsWith('--reason='))?.slice('--reason='.length)
  return given ?? (args.includes('--reason') ? (args[args.indexOf('--reason') + 1] ?? null) : null)
}
