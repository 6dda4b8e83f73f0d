import { parseArgs } from 'node:util'
import { makeBackup, type MadeBackup } from '../../app/backup/make-backup.js'
import type { Config } from '../../app/config.js'
import { UsageError } from '../command-errors.js'
import { takeInterruption } from '../interruption.js'
import type { OperatorCommand } from '../operator-command.js'
import { print, printNotice } from '../output.js'
import { createProgressDisplay } from '../progress-display.js'
import { withFoundations } from '../with-core.js'

const BACKUP = 'backup --to DIR|FILE --recipient age1… [--json]'
const INTERRUPTED = 130

/** Also beside running nodes. */
export const backupCommand: OperatorCommand = {
  usage: BACKUP,
  summary: 'write a backup, and its keys apart, encrypted to an age recipient',
  parse(args) {
    const { values } = parseArgs({
      args,
      options: { to: { type: 'string' }, recipient: { type: 'string' }, json: { type: 'boolean', default: false } },
    })
    const { to, recipient, json } = values
    if (to === undefined || recipient === undefined) throw new UsageError(`Usage: parley ${BACKUP}`)
    if (!recipient.startsWith('age1'))
      throw new UsageError('--recipient must be an age recipient (age1…), as age-keygen prints it')
    return (config) => backup(config, { to, recipient }, json)
  },
}

const backup = (config: Config, given: { to: string; recipient: string }, isJson: boolean): Promise<number> =>
  withFoundations(config, async (foundations) => {
    const signal = takeInterruption()
    const display = createProgressDisplay('backing up', 'events', isJson)
    try {
      const request = { ...given, print: printNotice, onProgress: display.show, signal }
      const made = await makeBackup(config, foundations, request)
      display.stop()
      print(isJson ? JSON.stringify(made) : report(made))
      return 0
    } catch (error) {
      display.stop()
      if (!signal.aborted) throw error
      printNotice('Interrupted: there is no backup.')
      return INTERRUPTED
    }
  })

const report = ({ file, keysFile, events, keys }: MadeBackup): string =>
  `${file}: ${events} events\n${keysFile}: ${keys} keys. Keep the two files in different places.`
