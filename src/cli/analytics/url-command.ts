import { parseArgs } from 'node:util'
import { readerRole } from '../../analytics/database/role-names.js'
import { CommandFailedError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withAnalytics } from './with-analytics.js'

export const showReaderUrl: OperatorCommand = {
  usage: 'projections url',
  summary: "print the URL, with its password, by which BI tools read analysts' tables",
  parse(args) {
    parseArgs({ args, options: {} })
    return (config) =>
      withAnalytics(config, ({ readerUrl, url }) => {
        if (readerUrl === null) {
          const role = readerRole(decodeURIComponent(new URL(url).username))
          throw new CommandFailedError(`The database is yours: connect as ${role}, with the password that you gave it`)
        }
        print(readerUrl)
        return Promise.resolve(0)
      })
  },
}
