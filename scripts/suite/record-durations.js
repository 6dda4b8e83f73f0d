import { writeFileSync } from 'node:fs'
import { DURATIONS } from './test-files.js'

/** Below that the order makes no difference. */
const MIN_SECONDS = 5

/** Writes how long each slow file took, for the order of the next runs. */
export function recordDurations(results) {
  const slow = results
    .map(({ file, ms }) => [file.replace(/^dist\//, '').replace(/\.js$/, '.ts'), Math.round(ms / 1000)])
    .filter(([, seconds]) => seconds >= MIN_SECONDS)
    .sort(([, one], [, other]) => other - one)
  writeFileSync(DURATIONS, `${JSON.stringify(Object.fromEntries(slow), null, 2)}\n`)
}
