import './app/compile-cache.js'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { doctorCommand } from './cli/doctor-command.js'
import { importCommand } from './cli/import-command.js'
import type { OperatorCommand } from './cli/operator-command.js'
import { projectionsCommand } from './cli/projections-command.js'
import { userCommand } from './cli/user-command.js'
import { parseConfig } from './app/config.js'
import { explainFailure } from './app/explain-failure.js'

const commands: Record<string, OperatorCommand> = {
  doctor: doctorCommand,
  import: importCommand,
  projections: projectionsCommand,
  user: userCommand,
}

const usage = `parley — operator commands

  parley import FILE [--source NAME] [--json]   import an NDJSON archive; FILE may be - with --source
  parley projections [--json]                   where each projection stands
  parley projections rebuild NAME               throw it away and follow from the start; stop the server first
  parley doctor unread [--json]                 count from the log what is unread, and name what the read model has wrong
  parley doctor addresses [--json]              list accounts that share their mailbox with another account
  parley user create [--admin] [--name NAME] EMAIL   make an account; prints a link that sets its password
  parley user invite [--expires 7d]             a link with which one person can register
  parley user grant EMAIL ROLE [--yes]          make someone auditor, analyst or admin
  parley user revoke EMAIL ROLE                 take that from them
`

async function main(argv: string[]): Promise<number> {
  const [name = '', ...args] = argv
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const asked = parseArgs({ args: argv, strict: false }).values['help'] === true || name === 'help'
    ;(asked ? process.stdout : process.stderr).write(usage)
    return asked ? 0 : 2
  }
  return command(
    args,
    parseConfig(process.env, (path) => readFileSync(path, 'utf8')),
  )
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error)}\n`)
    process.exitCode = 1
  },
)
