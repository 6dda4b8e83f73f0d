import { parseArgs } from 'node:util'
import type { Config } from '../../app/config.js'
import { copyLog, type LogCopyOutcome } from '../../app/log-copy/copy-log.js'
import { type LogAddress, parseLogAddress } from '../../app/log-copy/log-address.js'
import { createReleases } from '../../app/release.js'
import { UsageError } from '../command-errors.js'
import { listenForInterruption, takeInterruption } from '../interruption.js'
import type { OperatorCommand } from '../operator-command.js'
import { print, printNotice } from '../output.js'
import { createProgressDisplay } from '../progress-display.js'
import { failureReport } from '../with-core.js'

const COPY = 'log copy --from URL --to URL [--json]'
const EXIT = { finished: 0, unfinished: 1, interrupted: 130 } as const

export const copyLogCommand: OperatorCommand = {
  usage: COPY,
  summary: 'copy the event log between Postgres and EventStoreDB, and use the copy',
  parse(args) {
    const { values } = parseArgs({
      args,
      options: { from: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean', default: false } },
    })
    const [from, to] = [addressOf('--from', values.from), addressOf('--to', values.to)]
    return (config) => copy(config, { from, to }, values.json)
  },
}

function addressOf(option: string, given: string | undefined): LogAddress {
  if (given === undefined) throw new UsageError(`Usage: parley ${COPY}`)
  const address = parseLogAddress(given)
  if (address !== null) return address
  throw new UsageError(`${option} must be "main" (the main database), postgres://… or esdb://…`)
}

async function copy(config: Config, addresses: { from: LogAddress; to: LogAddress }, isJson: boolean): Promise<number> {
  using interruption = listenForInterruption()
  return await interruption.during(async () => {
    const signal = takeInterruption()
    const display = createProgressDisplay('copying', 'events', isJson)
    await using releases = createReleases()
    releases.onRelease(() => display.stop())
    const options = { ...addresses, print: printNotice, report: failureReport, onProgress: display.show, signal }
    const outcome = await copyLog(config, options, releases)
    display.stop()
    if (isJson) print(JSON.stringify(outcome))
    else report(outcome, addresses)
    return EXIT[outcome.kind]
  })
}

function report(outcome: LogCopyOutcome, { to }: { to: LogAddress }): void {
  const { kind, events, added } = outcome
  const counts = `${events} events are the same in both logs, ${added} of them copied now.`
  if (kind === 'interrupted') {
    printNotice(`Interrupted. ${counts} Run it again to continue.`)
  } else if (kind === 'unfinished') {
    printNotice(
      `${counts} The copy is not in use yet: ${outcome.processes} processes of Parley are connected to the main database.`,
    )
    printNotice('Stop them, and run this again: it copies what has been appended since, and finishes.')
  } else {
    print(`${counts} The copy has the log id ${outcome.logId}.`)
    print(outcome.isInUse ? `Start Parley with ${setting(to)}. The original is not used any more.` : LOG_ONLY)
  }
}

const setting = ({ kind }: LogAddress): string =>
  kind === 'eventstoredb' ? 'EVENTSTORE_URL set to it' : 'EVENTSTORE_URL unset'

const LOG_ONLY =
  'Only the log was copied: accounts, sessions and the audit chain are still in the database of DATABASE_URL, and are moved by parley backup and parley restore.'
