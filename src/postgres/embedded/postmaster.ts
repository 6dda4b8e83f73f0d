import { readFile, rename, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { PostgresHome } from './postgres-home.js'
import { run, type RunResult } from './run.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

/** Postgres's own settings, by name. */
export type PostgresSettings = Readonly<Record<string, string>>

const SETTINGS: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Without details such as the values of a violated key, which may be personal.
  log_error_verbosity: 'terse',
}

// Recovery after a crash may take long, and there is nothing better to do than to wait for it.
const START_TIMEOUT_SECONDS = '600'
const ATTEMPTS = 5

/** The port of the Postgres that runs on this data directory, if one does. */
export async function findPort({ data }: PostgresHome): Promise<number | undefined> {
  const file = join(data, 'postmaster.pid')
  const [pid, , , port] = (await readFile(file, 'utf8').catch(() => '')).split('\n').map(Number)
  // Where the process is gone, Postgres itself clears up; a stranger's it would take for another server.
  if (!pid || !isAlive(pid)) return undefined
  if (await servesFrom(pid, data)) return port
  await rm(file)
  return undefined
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** After a crash or a reboot, the pid in the file may be of any process. Without /proc it cannot be checked and is trusted. */
async function servesFrom(pid: number, data: string): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return commandLine === undefined || commandLine.split('\0').includes(data)
}

/** Starts it on a free port of 127.0.0.1 and waits until it accepts connections; gives the port. */
export async function startPostmaster(home: PostgresHome, settings: PostgresSettings): Promise<number> {
  let reason = ''
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    reason = (await pgCtlStart(home, { ...SETTINGS, port: String(await freePort()), ...settings })) ?? ''
    const port = await findPort(home)
    if (port !== undefined) return port
    if (!reason.includes('TCP/IP')) break // anything but a port that someone took in between
  }
  throw new EmbeddedPostgresError(`Postgres does not start on ${home.data} (its log is there, postgres.log): ${reason}`)
}

/** Why it did not start, if it did not. */
async function pgCtlStart(home: PostgresHome, settings: PostgresSettings): Promise<string | undefined> {
  const log = join(home.data, 'postgres.log')
  await rename(log, `${log}.1`).catch(() => undefined)
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${shellQuoted(value)}`)
  const { ok, output } = await pgCtl(home, 'start', START_TIMEOUT_SECONDS, '-l', log, '-o', options.join(' '))
  if (ok) return undefined
  const lines = (await readFile(log, 'utf8').catch(() => output)).split('\n')
  return lines.findLast((line) => line.includes('FATAL')) ?? output.replaceAll('\n', ' ')
}

/** Stops it in good order; connections that are left are closed. */
export async function stopPostmaster(home: PostgresHome): Promise<void> {
  const { ok, output } = await pgCtl(home, 'stop', '60', '-m', 'fast')
  if (!ok && (await findPort(home)) !== undefined)
    throw new EmbeddedPostgresError(`Postgres on ${home.data} does not stop: ${output}`)
}

const pgCtl = (home: PostgresHome, action: string, seconds: string, ...more: string[]): Promise<RunResult> =>
  run(join(home.binaries, 'bin/pg_ctl'), [action, '-w', '-t', seconds, '-D', home.data, ...more], { user: home.user })

// pg_ctl hands its options to a shell.
const shellQuoted = (value: string): string => `'${value.replaceAll(`'`, `'\\''`)}'`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
