/** Of a batch of recorded times in the order of the log, which is not that of time: the clocks of nodes differ. */
export interface BatchTimes {
  /** ISO-8601 UTC. */
  earliest: string
  latest: string
  /** Milliseconds by which one of them at most lies before another that came earlier. */
  behindMs: number
  /** For each minute that is reached here first: its beginning, and the place in the batch of the first event of it or a later one. */
  minutes: { minute: string; place: number }[]
}

/** All times are written alike, so that their texts compare as they do. */
export function timesOf(times: readonly string[]): BatchTimes {
  const [first = ''] = times
  const found: BatchTimes = { earliest: first, latest: '', behindMs: 0, minutes: [] }
  times.forEach((at, index) => {
    if (at < found.earliest) found.earliest = at
    if (at < found.latest) found.behindMs = Math.max(found.behindMs, Date.parse(found.latest) - Date.parse(at))
    if (at <= found.latest) return
    if (minuteOf(at) !== minuteOf(found.latest)) found.minutes.push({ minute: `${minuteOf(at)}Z`, place: index + 1 })
    found.latest = at
  })
  return found
}

const minuteOf = (at: string): string => at.slice(0, 'yyyy-mm-ddThh:mm'.length)
