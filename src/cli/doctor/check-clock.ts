import { type Finding, ok, warning } from './finding.js'

const MAX_SKEW_MS = 1_000

/** Compares the clock of a server with that of this machine, taking half of the round trip for its way here. */
export async function checkClock(check: string, askForTime: () => Promise<number>): Promise<Finding> {
  const began = Date.now()
  const theirs = await askForTime()
  const skew = Math.round(theirs - (began + Date.now()) / 2)
  if (Math.abs(skew) <= MAX_SKEW_MS) return ok(check, `its clock differs by ${Math.abs(skew)} ms`)
  return warning(check, `its clock is ${Math.abs(skew)} ms ${skew > 0 ? 'ahead' : 'behind'}: synchronise both by NTP`)
}
