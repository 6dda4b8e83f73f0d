import { spawnGroup } from './process-group.js'
import { readLines } from './read-lines.js'

/**
 * Runs a command for at most `limitMs`, then kills it with all that it started. `onLine` gets each line of its output. Resolves with its
 * exit code, null where it was killed, and with the last line that was not blank.
 */
export async function limitedRun(command, args, { env = {}, limitMs, onLine }) {
  const options = { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }
  const { child, kill, closed } = spawnGroup(command, args, options)
  let last = ''
  const take = (line) => {
    if (line.trim() !== '') last = line.trim()
    onLine(line)
  }
  const finishLines = [child.stdout, child.stderr].map((stream) => readLines(stream, take))
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    kill()
  }, limitMs)
  try {
    const { code } = await closed
    finishLines.forEach((finish) => finish())
    return { code: hung ? null : code, hung, last }
  } finally {
    clearTimeout(timer)
  }
}
