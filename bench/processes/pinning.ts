import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** What a process is for, and so where it runs: `server` on the first core, `load` on the last, `free` wherever there is room. */
export type Place = 'server' | 'load' | 'free'

const CORES = availableParallelism()

/** Where there is no `taskset`, or only one core, everything is free. */
export const isPinning = CORES > 1 && hasTaskset()

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The command that runs a program in its place. */
export function pinned(place: Place, program: string, args: readonly string[]): [string, string[]] {
  if (!isPinning || place === 'free') return [program, [...args]]
  return ['taskset', ['-c', coresOf[place], program, ...args]]
}

const coresOf: Record<Place, string> = { server: '0', load: String(CORES - 1), free: `0-${CORES - 1}` }

/** Moves a process and its children, and whatever these start from now on. */
export function move(pid: number, place: Place): void {
  if (!isPinning) return
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  for (const member of [String(pid), ...children].filter((id) => id !== ''))
    // one that has just ended has no place any more
    spawnSync('taskset', ['-acp', coresOf[place], member], { stdio: 'ignore' })
}

export const placement = isPinning
  ? `servers on core 0, load on core ${CORES - 1}`
  : 'nothing is pinned: no taskset, or one core only'
