import type { Report } from './report.js'
import type { Line } from './run-experiment.js'

/** Even the best round's ratio may fall to half of what was recorded: this machine is not that one, and neither is quiet. */
const WORST = 0.5

/**
 * What has become grossly worse than it was recorded, one text each. Lines that only one of them has are passed over, and so are
 * the slowest answers in a hundred, which one hiccup of the machine makes.
 */
export function findLosses(lines: readonly Line[], recorded: Pick<Report, 'lines'>): string[] {
  const before = new Map(recorded.lines.map((line) => [line.name, line]))
  const judged = lines.filter(({ name }) => !name.endsWith(': p99'))
  if (!judged.some(({ name }) => before.has(name))) return ['nothing: no line of this run was recorded before']
  return judged.flatMap((line) => {
    const known = before.get(line.name)
    if (known === undefined || !(known.ratio > 0)) return []
    const { better, spread } = line
    const best = better === 'higher' ? spread.to : spread.from
    if (goodness(better, best) >= WORST * goodness(better, known.ratio)) return []
    return [`${line.name}: the ratio is ${best.toFixed(2)} at best, and was ${known.ratio.toFixed(2)}`]
  })
}

const goodness = (better: Line['better'], ratio: number): number => (better === 'higher' ? ratio : 1 / ratio)
