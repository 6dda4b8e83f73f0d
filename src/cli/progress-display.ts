import { Presets, SingleBar } from 'cli-progress'
import { print, printNotice } from './output.js'

/** How far a long command has come. */
export interface ProgressDisplay {
  show(done: number, total: number): void
  stop(): void
}

/** Between two lines, where standard error is no terminal. */
const LINE_MS = 5_000

/** A bar on a terminal, else lines; for machines, one object `{done, total}` a line on standard output. `what` as in `copying`. */
export function createProgressDisplay(what: string, unit: string, isJson: boolean): ProgressDisplay {
  if (isJson) return { show: (done, total) => print(JSON.stringify({ done, total })), stop: () => undefined }
  if (!process.stderr.isTTY) return lines(what, unit)
  const format = `${what} {bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left`
  const bar = new SingleBar({ format, stream: process.stderr }, Presets.shades_classic)
  bar.start(0, 0)
  return {
    show(done, total) {
      bar.setTotal(total)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}

function lines(what: string, unit: string): ProgressDisplay {
  let due = 0
  return {
    show(done, total) {
      if (performance.now() < due) return
      due = performance.now() + LINE_MS
      printNotice(`${what}: ${done} of ${total} ${unit}`)
    },
    stop: () => undefined,
  }
}
