import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { eventually } from './eventually.js'
import { freePort } from './free-port.js'
import { installDebian, runs } from './install-debian.js'
import { countLimited } from './limitations.js'

let isFound: boolean | undefined

/** Whether Debian's prometheus, which brings promtool, is here or could be installed; installing it may take longer than a test may. */
export const findPrometheus = (): boolean => (isFound ??= isThere() || (installDebian('prometheus') && isThere()))

const isThere = (): boolean => runs('promtool', '--version') && runs('prometheus', '--version')

/** The same for a test, which is left out where it is not; the end of the run says so. */
export function hasPrometheus(): boolean {
  if (!findPrometheus()) countLimited('prometheus')
  return findPrometheus()
}

/** What promtool prints. @throws with its output where it fails */
export const promtool = (...args: string[]): string =>
  execFileSync('promtool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

export interface TestPrometheus extends AsyncDisposable {
  /** The answer of its API, as `GET /api/v1/<path>` gives it. @throws where it is an error */
  ask<Data>(path: string, parameters?: Record<string, string>): Promise<Data>
}

/** Scrapes one target each second, with the rules of this project. */
export async function startPrometheus(target: string): Promise<TestPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-prometheus-'))
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [resolve('ops/alerts.yml')],
    scrape_configs: [{ job_name: 'parley', static_configs: [{ targets: [target] }] }],
  }
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config))
  const port = await freePort()
  const args = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child = spawn('prometheus', args, { stdio: 'ignore' })
  const ask: TestPrometheus['ask'] = async <Data>(path: string, parameters: Record<string, string> = {}) => {
    const response = await fetch(
      `http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`,
    )
    const answer = (await response.json()) as { status: string; data: Data; error?: string }
    if (answer.status !== 'success') throw new Error(answer.error)
    return answer.data
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    await rm(folder, { recursive: true })
  }
  try {
    await eventually(() => ask('status/runtimeinfo'))
  } catch (error) {
    await stop()
    throw error
  }
  return { ask, [Symbol.asyncDispose]: stop }
}
