/** Something has changed: look again. */
export interface Signal {
  notify(): void
  /** Resolves with the next notification. */
  next(): Promise<void>
}

export function createSignal(): Signal {
  let waiting: (() => void)[] = []
  return {
    notify() {
      const woken = waiting
      waiting = []
      for (const resolve of woken) resolve()
    },
    next: () => new Promise((resolve) => void waiting.push(resolve)),
  }
}
