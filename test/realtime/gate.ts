import { eventually } from '../support/eventually.js'

/** Holds calls until it is opened, so that a test can do something while they wait. */
export function createGate() {
  const waiting: (() => void)[] = []
  let isOpen = false
  return {
    pass: (): Promise<void> => (isOpen ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    open(): void {
      isOpen = true
      for (const go of waiting) go()
    },
    someoneWaits: (): Promise<void> =>
      eventually(() => {
        if (waiting.length === 0) throw new Error('nobody waits at the sessionCheck')
      }),
  }
}
