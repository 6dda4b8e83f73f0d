import { limitedRun } from '../limited-run.js'

/** Runs commands, each counted as one step of the tally; what they print is shown at once, or only in the end where they run beside others. */
export async function runStep(tally, name, command, args, { limitMinutes, isBeside = false, env }) {
  const lines = []
  const title = `\n== ${name}`
  if (!isBeside) console.log(title)
  const { code, hung, last } = await limitedRun(command, args, {
    env,
    limitMs: limitMinutes * 60_000,
    onLine(line) {
      lines.push(line)
      if (!isBeside) console.log(line)
    },
  })
  if (isBeside) console.log([title, ...lines].join('\n'))
  const reason = hung ? `killed after ${limitMinutes} minutes; its last line was: ${last}` : lines.slice(-60).join('\n')
  tally.addStep(name, code === 0, reason)
  return code === 0
}
