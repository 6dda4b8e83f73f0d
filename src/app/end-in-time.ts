/** More than all parts need to stop while everything answers, and less than the 30 s that Compose waits before it kills. */
const STOP_MS = 28_000

/** Has the process end `ms` after a signal to stop, whatever still runs: nothing that was answered is lost by that. */
export function endInTime(ms = STOP_MS): void {
  const begin = (): void => {
    setTimeout(() => {
      process.stderr.write(`Not stopped within ${ms / 1_000} s: ending without waiting any longer\n`)
      process.exit(1)
    }, ms).unref()
  }
  process.once('SIGINT', begin)
  process.once('SIGTERM', begin)
}
