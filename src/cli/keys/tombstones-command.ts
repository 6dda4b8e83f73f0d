import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import { readInstallation } from '../../app/installation/read-installation.js'
import { TOMBSTONES_FORMAT } from '../../backup/backup-lines.js'
import { writeLines } from '../../backup/checksummed-lines.js'
import { readTombstones } from '../../backup/stored-keys.js'
import type { OperatorCommand } from '../operator-command.js'
import { withFoundations } from '../with-core.js'

export const tombstonesCommand: OperatorCommand = {
  usage: 'keys tombstones',
  summary: 'write the names of all destroyed keys to standard output, for parley restore --tombstones',
  parse(args) {
    parseArgs({ args, options: {} })
    return (config) =>
      withFoundations(config, async ({ databases: { keys } }) => {
        await pipeline(Readable.from(writeLines(linesOf(keys))), process.stdout, { end: false })
        return 0
      })
  },
}

async function* linesOf(keys: Pool): AsyncGenerator<object> {
  yield { format: TOMBSTONES_FORMAT, installation: await readInstallation(keys), at: new Date().toISOString() }
  for await (const destroyed of readTombstones(keys)) yield { destroyed }
}
