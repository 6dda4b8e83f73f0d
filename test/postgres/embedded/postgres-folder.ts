import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/postgres/embedded/embedded-postgres.js'
import { eventually } from '../../support/eventually.js'

/** A fresh folder for an embedded Postgres; disposing of it ends the server, if one runs there, and removes it. */
export async function postgresFolder() {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-embedded-'))
  await chmod(dataDir, 0o755) // as root, Postgres runs as another user
  const lines: string[] = []
  const pidFile = join(dataDir, 'postgres/postmaster.pid')
  const pid = async (): Promise<number> => Number((await readFile(pidFile, 'utf8')).split('\n')[0])
  return {
    dataDir,
    pidFile,
    pid,
    isRunning: () => existsSync(pidFile),
    start: (): Promise<EmbeddedPostgres> =>
      startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line), settings: { fsync: 'off' } }),
    /** What the starts above have said. */
    log: () => lines.join('\n'),
    [Symbol.asyncDispose]: async () => {
      if (existsSync(pidFile)) await killAndWait(await pid(), 'SIGQUIT')
      await rm(dataDir, { recursive: true, maxRetries: 10 })
    },
  }
}

export async function killAndWait(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal)
  await eventually(() => expect(isServing(pid)).to.be.false)
}

// A zombie does not serve: where nobody collects orphans, a killed server stays one.
const isServing = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

/** Another process that starts, or joins, the Postgres of this folder. */
export function holdPostgres(dataDir: string) {
  const script = fileURLToPath(new URL('./hold-postgres.js', import.meta.url))
  const child = spawn(process.execPath, [script, dataDir], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  return {
    ready: () => once(child.stdout, 'data'),
    /** It and all of its process group, as a Ctrl-C reaches them, but without mercy. */
    kill: async () => {
      const exited = once(child, 'exit')
      process.kill(-child.pid!, 'SIGKILL')
      await exited
    },
  }
}
