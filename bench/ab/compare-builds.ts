import { join, resolve } from 'node:path'
import type { Bench } from '../bench.js'
import { createReleases } from '../../src/app/release.js'
import { median, quantile } from '../statistics.js'
import { abLoads, type AbLoad } from './ab-loads.js'
import { prepareBuild, startBuild, type Build, type RunningBuild } from './build.js'

/** Both builds under one load: microseconds of the main thread per request, the first quartile of all rounds. */
export interface Comparison {
  load: string
  before: number
  now: number
  /** Now to before, the median of the starts; from the smallest to the largest of them. */
  ratio: number
  spread: { from: number; to: number }
}

/** The rounds of one start. */
interface Rounds {
  before: number[]
  now: number[]
}

/** Long enough that what is measured is compiled. */
const WARM_SECONDS = 5

/**
 * Compares this build with the one in `folder` by CPU time, which a busy machine changes less than rates. One build differs by a fifth from
 * one start to the next, so servers are started several times, and only what shows in several of them counts.
 */
export async function compareBuilds(
  bench: Bench,
  folder: string,
  print: (text: string) => void,
): Promise<Comparison[]> {
  const { load, postgres, options } = bench
  const chosen = abLoads.filter(({ name }) => options.only?.test(name) ?? true)
  const builds = {
    before: await prepareBuild(postgres, 'before', join(resolve(folder), 'dist')),
    now: await prepareBuild(postgres, 'now'),
  }
  const starts: Rounds[][] = []
  for (let begun = 1; begun <= options.starts; begun++) {
    starts.push(await measureStart(builds, chosen))
    print(`${begun}/${options.starts}: ${chosen.map(({ name }, at) => `${name} ${describe(starts, at)}`).join(', ')}`)
  }
  return chosen.map(({ name }, at) =>
    compare(
      name,
      starts.map((rounds) => rounds[at] ?? { before: [], now: [] }),
    ),
  )

  async function measureStart({ before, now }: Record<'before' | 'now', Build>, loads: readonly AbLoad[]) {
    await using releases = createReleases()
    const running = {
      before: releases.add(await startBuild(before, load)),
      now: releases.add(await startBuild(now, load)),
    }
    const measured: Rounds[] = []
    for (const abLoad of loads) measured.push(await alternate(running, abLoad))
    return measured
  }

  async function alternate({ before, now }: Record<'before' | 'now', RunningBuild>, abLoad: AbLoad): Promise<Rounds> {
    await before.measure(abLoad, WARM_SECONDS)
    await now.measure(abLoad, WARM_SECONDS)
    const rounds: Rounds = { before: [], now: [] }
    for (let round = 0; round < options.rounds; round++) {
      rounds.before.push(await before.measure(abLoad, options.seconds))
      rounds.now.push(await now.measure(abLoad, options.seconds))
    }
    return rounds
  }
}

const firstQuartile = (values: readonly number[]): number => quantile(values, 0.25)

const ratioOf = ({ before, now }: Rounds): number => firstQuartile(now) / firstQuartile(before)

function compare(load: string, starts: readonly Rounds[]): Comparison {
  const ratios = starts.map(ratioOf)
  return {
    load,
    before: firstQuartile(starts.flatMap(({ before }) => before)),
    now: firstQuartile(starts.flatMap(({ now }) => now)),
    ratio: median(ratios),
    spread: { from: Math.min(...ratios), to: Math.max(...ratios) },
  }
}

/** The latest start, in short. */
function describe(starts: readonly Rounds[][], at: number): string {
  const rounds = starts.at(-1)?.[at]
  if (rounds === undefined) return ''
  return `${firstQuartile(rounds.before).toFixed()} → ${firstQuartile(rounds.now).toFixed()} µs (${ratioOf(rounds).toFixed(2)})`
}

export const formatComparison = ({ load, before, now, ratio, spread }: Comparison): string =>
  `${load}: ${before.toFixed()} → ${now.toFixed()} µs of the main thread per request, ` +
  `ratio ${ratio.toFixed(2)} (${spread.from.toFixed(2)}–${spread.to.toFixed(2)})`
