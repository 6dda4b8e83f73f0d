import type { Bench } from './bench.js'
import type { Experiment, Metric, Reference, Sample, Target } from './experiment.js'
import { median } from './statistics.js'

/** One row of the table. */
export interface Line {
  name: string
  unit: string
  better: Metric['better']
  against: Reference
  /** In words, where it is not plain. */
  reference: string | null
  /** Medians of all rounds. */
  ours: number
  theirs: number
  /** The median of the rounds' ratios, ours to theirs; from the smallest to the largest of them. */
  ratio: number
  spread: { from: number; to: number }
  target: Target | null
  isMet: boolean | null
  rounds: { ours: number; theirs: number }[]
}

/** Ours and the reference in turns. */
export async function runExperiment(
  experiment: Experiment,
  bench: Bench,
  print: (text: string) => void,
): Promise<Line[]> {
  const sides = await experiment.prepare(bench)
  try {
    const rounds: { ours: Sample; theirs: Sample }[] = []
    for (let round = 0; round < bench.options.rounds; round++) {
      const ours = await sides.ours()
      const theirs = await sides.reference()
      rounds.push({ ours, theirs })
      print(`  ${round + 1}: ${describe(experiment, ours, theirs)}`)
    }
    return Object.entries(experiment.metrics).map(([name, metric]) => lineOf(experiment, name, metric, rounds))
  } finally {
    await sides.done?.()
  }
}

function lineOf(
  { name, against, reference, metrics }: Experiment,
  metricName: string,
  { unit, better, target }: Metric,
  samples: readonly { ours: Sample; theirs: Sample }[],
): Line {
  const rounds = samples.map((sample) => ({
    ours: sample.ours[metricName] ?? Number.NaN,
    theirs: sample.theirs[metricName] ?? Number.NaN,
  }))
  const ratios = rounds.map(({ ours, theirs }) => ours / theirs)
  const ratio = median(ratios)
  const figure = median(rounds.map(({ ours }) => ours))
  return {
    name: Object.keys(metrics).length === 1 ? name : `${name}: ${metricName}`,
    unit,
    better,
    against,
    reference: reference ?? null,
    ours: figure,
    theirs: median(rounds.map(({ theirs }) => theirs)),
    ratio,
    spread: { from: Math.min(...ratios), to: Math.max(...ratios) },
    target: target ?? null,
    isMet: target === undefined ? null : isMet(target, { ratio, figure }),
    rounds,
  }
}

function isMet(target: Target, { ratio, figure }: { ratio: number; figure: number }): boolean {
  if ('oursAtLeast' in target) return figure >= target.oursAtLeast
  return 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost
}

const describe = ({ metrics }: Experiment, ours: Sample, theirs: Sample): string =>
  Object.keys(metrics)
    .map((name) => `${name} ${short(ours[name])} / ${short(theirs[name])}`)
    .join(', ')

const short = (value = Number.NaN): string => value.toPrecision(3)
