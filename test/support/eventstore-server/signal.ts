/** Something has changed: look again. */
export interface Signal {
  notify(): void
  /** Resolves with the next notification. */
  next(): Promise<void>
}

export function createSignal(): Signal {
  let waiting: PromiseWithResolvers<void> | undefined
  return {
    notify() {
      waiting?.resolve()
      waiting = undefined
    },
    next() {
      waiting ??= Promise.withResolvers<void>()
      return waiting.promise
    },
  }
}
