import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { ProjectionState } from '../../projections/engine/projection-states.js'

/** Progress of builds on standard error, a bar for each; nothing where that is no terminal. */
export interface BuildBars {
  show(states: readonly ProjectionState[]): void
  stop(): void
}

/** Fits into 80 columns. */
const FORMAT = '{name} {bar} {percentage}% | {value}/{total} | {rate}/s | {left} left'
const BAR_WIDTH = 10

export function createBuildBars(json: boolean): BuildBars {
  if (json || !process.stderr.isTTY) return { show: () => undefined, stop: () => undefined }
  const bars = new MultiBar(
    { format: FORMAT, barsize: BAR_WIDTH, stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  )
  const known = new Map<string, SingleBar>()
  return {
    show(states) {
      for (const { name, rebuild } of states) {
        if (rebuild === null) continue
        const { done, total, eventsPerSecond, secondsLeft } = rebuild
        const bar = known.get(name) ?? bars.create(total, done, { name: name.padEnd(NAME_WIDTH) })
        known.set(name, bar)
        bar.setTotal(total)
        bar.update(done, { rate: Math.round(eventsPerSecond ?? 0), left: formatSeconds(secondsLeft) })
      }
    },
    stop: () => bars.stop(),
  }
}

const NAME_WIDTH = 16

export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return '?'
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
