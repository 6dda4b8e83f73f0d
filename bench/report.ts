import { readFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { placement, type Place } from './processes/pinning.js'
import type { Line } from './run-experiment.js'

export interface Report {
  date: string
  hardware: { processor: string; cores: number; memoryGib: number; system: string; placement: string; postgres: Place }
  /** Of the whole machine, over a minute, before and after the run. */
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  settings: { rounds: number; seconds: number; isQuick: boolean }
  lines: readonly Line[]
}

const PACKAGES = ['express', 'socket.io', 'pg', 'passport-jwt', 'jsonwebtoken', 'zod', '@eventstore/db-client']

export const hardware = (postgres: Place): Report['hardware'] => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()} ${arch()}`,
  placement,
  postgres,
})

export const versions = (postgres: string): Report['versions'] => ({
  node: process.version,
  postgres,
  ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
})

function versionOf(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  } catch {
    return 'unknown'
  }
}

export const machineLoad = (): number => loadavg()[0] ?? Number.NaN
