import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { RestoreOutcome } from '../../app/backup/complete-restore.js'
import { restore } from '../../app/backup/restore.js'
import type { RestoreRequest } from '../../app/backup/restore-request.js'
import type { Config } from '../../app/config.js'
import { readIdentities } from '../../backup/keys-file.js'
import { CommandFailedError, UsageError } from '../command-errors.js'
import { listenForInterruption, takeInterruption } from '../interruption.js'
import type { OperatorCommand } from '../operator-command.js'
import { print, printNotice } from '../output.js'
import { createStepDisplay } from '../step-display.js'
import { failureReport } from '../with-core.js'

const RESTORE = 'restore FILE --keys FILE --identity FILE'
const OPTIONS = '(--tombstones FILE | --no-later-erasures) [--until TIME|ORDINAL] [--passphrase-file FILE] [--json]'
const INTERRUPTED = 130

interface Given extends Pick<RestoreRequest, 'file' | 'keysFile' | 'until' | 'tombstonesFile'> {
  identity: string
  passphraseFile: string | null
  isJson: boolean
}

export const restoreCommand: OperatorCommand = {
  usage: `${RESTORE} ${OPTIONS}`,
  summary: 'restore a backup into empty databases, or a new PARLEY_DATA_DIR',
  parse(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        keys: { type: 'string' },
        identity: { type: 'string' },
        'passphrase-file': { type: 'string' },
        tombstones: { type: 'string' },
        'no-later-erasures': { type: 'boolean', default: false },
        until: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const [file, ...more] = positionals
    const { keys: keysFile, identity, tombstones, until } = values
    if (file === undefined || keysFile === undefined || identity === undefined || more.length > 0)
      throw new UsageError(`Usage: parley ${RESTORE} ${OPTIONS}`)
    if ((tombstones === undefined) !== values['no-later-erasures']) throw new UsageError(WHO_WAS_ERASED)
    const given: Given = {
      file,
      keysFile,
      identity,
      passphraseFile: values['passphrase-file'] ?? null,
      tombstonesFile: tombstones ?? null,
      until: until === undefined ? null : parseUntil(until),
      isJson: values.json,
    }
    return (config) => run(config, given)
  },
}

const WHO_WAS_ERASED =
  'Give either --tombstones FILE (the newest file of keys, or what "parley keys tombstones" has written), so that who was erased since the backup is erased again, or --no-later-erasures'

function parseUntil(text: string): RestoreRequest['until'] {
  if (/^[1-9]\d{0,14}$/.test(text)) return { ordinal: Number(text) }
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return { at: time.toISOString() }
  throw new UsageError('--until must be the ordinal of the last event, or a time such as 2026-01-31T12:00:00Z')
}

async function run(config: Config, { identity, passphraseFile, isJson, ...files }: Given): Promise<number> {
  using interruption = listenForInterruption()
  return await interruption.during(async () => {
    const signal = takeInterruption()
    const identities = await readIdentities(identity, await readPassphrase(passphraseFile))
    const display = createStepDisplay(isJson)
    try {
      const request = {
        ...files,
        identities,
        print: printNotice,
        report: failureReport,
        onProgress: display.show,
        signal,
      }
      const outcome = await restore(config, request)
      display.stop()
      if (outcome !== null) print(isJson ? JSON.stringify(outcome) : report(outcome))
      else printNotice('Interrupted. Run the same command again to continue, or begin again with empty databases.')
      return outcome === null ? INTERRUPTED : 0
    } finally {
      display.stop()
    }
  })
}

async function readPassphrase(file: string | null): Promise<string | null> {
  if (file === null) return null
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandFailedError(`--passphrase-file: ${file} cannot be read`)
  })
  return text.replace(/\r?\n$/, '')
}

const report = ({ events, backedUpEvents, lastAt, hash, logId, erased }: RestoreOutcome): string =>
  [
    `${events} of ${backedUpEvents} events are restored, the last of ${lastAt}. The audit chain there is that of the backup: ${hash}.`,
    `All sessions have ended, ${erased} users were erased again, and the log has the id ${logId}. Parley can be started.`,
  ].join('\n')
