/**
 * Shares a call among those who ask for it at the same time, without ever handing one out that began before they asked: at most
 * one runs, and whoever comes meanwhile shares the next.
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
