import { readFileSync, writeFileSync } from 'node:fs'
import { compareBuilds, formatComparison } from './ab/compare-builds.js'
import { startBench, type Bench } from './bench.js'
import { findLosses } from './check.js'
import { experimentList } from './experiment-list.js'
import type { Experiment } from './experiment.js'
import { parseOptions, type Options } from './options.js'
import { hardware, machineLoad, versions, type Report } from './report.js'
import { runExperiment, type Line } from './run-experiment.js'
import { formatMarkdown, formatTable } from './table.js'

/** `npm run bench -- [--quick] [--only REGEX] [--json FILE] [--check FILE] [--ab DIR]`: see README.md in this folder. */

const print = (text: string): void => void process.stderr.write(`${text}\n`)

const chosen = ({ isQuick, only }: Options): Experiment[] =>
  experimentList.filter((experiment) => (only === null ? !isQuick || experiment.isQuick : only.test(experiment.name)))

/** `onLines` hears of all so far after each experiment, so that an interrupted run leaves what it has. */
async function measure(
  bench: Bench,
  experiments: readonly Experiment[],
  onLines: (lines: readonly Line[]) => void,
): Promise<{ lines: Line[]; failures: string[] }> {
  const lines: Line[] = []
  const failures: string[] = []
  for (const [place, experiment] of experiments.entries()) {
    print(`${place + 1}/${experiments.length} ${experiment.name}`)
    try {
      lines.push(...(await runExperiment(experiment, bench, print)))
      onLines(lines)
    } catch (error) {
      failures.push(`${experiment.name}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`)
      print(failures.at(-1) ?? '')
    }
  }
  return { lines, failures }
}

/** A machine has hiccups: what seems lost is measured once more, and counts when it is lost again. */
async function confirmedLosses(bench: Bench, lines: readonly Line[], recordedIn: string): Promise<string[]> {
  const recorded = JSON.parse(readFileSync(recordedIn, 'utf8')) as Report
  const suspected = findLosses(lines, recorded)
  const again = chosen(bench.options).filter(({ name }) => suspected.some((text) => text.startsWith(name)))
  if (again.length === 0) return suspected
  print(`once more, for they seem to have become slower: ${again.map(({ name }) => name).join('; ')}`)
  const measured = (await measure(bench, again, () => undefined)).lines
  return findLosses(measured, recorded).filter((text) => suspected.some((first) => nameIn(first) === nameIn(text)))
}

const nameIn = (loss: string): string => loss.slice(0, loss.lastIndexOf(': '))

async function main(options: Options): Promise<number> {
  await using bench = await startBench(options, print)
  const before = machineLoad()
  stopOnSignals(bench)
  if (options.ab !== null) {
    const comparisons = await compareBuilds(bench, options.ab, print)
    process.stdout.write(`${comparisons.map(formatComparison).join('\n')}\n`)
    return 0
  }
  const { rounds, seconds, isQuick, json, check } = options
  const about = {
    date: new Date().toISOString(),
    hardware: hardware(options.postgres),
    versions: versions(bench.postgres.version),
    settings: { rounds, seconds, isQuick },
  }
  const write = (lines: readonly Line[]): void => {
    const report: Report = { ...about, loadAverage: { before, after: machineLoad() }, lines }
    if (json !== null) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
  }
  const { lines, failures } = await measure(bench, chosen(options), write)
  process.stdout.write(`${(options.isMarkdown ? formatMarkdown : formatTable)(lines)}\n`)
  const losses = check === null ? [] : await confirmedLosses(bench, lines, check)
  for (const text of [...failures, ...losses]) print(`FAILED ${text}`)
  return failures.length + losses.length === 0 ? 0 : 1
}

/** Whatever was started is stopped, Postgres last. */
function stopOnSignals(bench: Bench): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void Promise.resolve(bench[Symbol.asyncDispose]()).finally(() => process.exit(130)))
}

process.exitCode = await main(parseOptions(process.argv.slice(2)))
