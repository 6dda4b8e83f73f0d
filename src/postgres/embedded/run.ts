import { spawn } from 'node:child_process'

export interface SystemUser {
  uid: number
  gid: number
}

export interface RunOptions {
  /** As whom, where that is someone else; only root may choose. */
  user?: SystemUser | undefined
  /** The root directory by default: another user may not be let into ours. */
  cwd?: string
}

export interface RunResult {
  ok: boolean
  /** What it printed on either channel; why it could not start, where it could not. */
  output: string
}

// Not our own environment: it may hold secrets, and a server started with it would carry them for as long as it runs.
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Runs a program to its end, in a session of its own, so that a Ctrl-C on our terminal does not reach it. */
export function run(
  command: string,
  args: readonly string[],
  { user, cwd = '/' }: RunOptions = {},
): Promise<RunResult> {
  const child = spawn(command, args, {
    ...user,
    cwd,
    env: ENVIRONMENT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const channel of [child.stdout, child.stderr])
    channel.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ ok: false, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, output: output.trim() }))
  })
}
