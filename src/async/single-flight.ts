/**
 * Shares one call among concurrent callers. No caller gets a call that began before theirs: at most one runs, and callers that
 * arrive meanwhile share the next.
 */
export function singleFlight(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null
  let next: Promise<void> | null = null

  function start(): Promise<void> {
    current = run().finally(() => {
      current = null
    })
    return current
  }

  return () => {
    if (current === null) return start()
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = null
        return start()
      })
    return next
  }
}
