import { AsyncLocalStorage } from 'node:async_hooks'

/** Ctrl-C, a stop by the system, and a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type EndingSignal = (typeof SIGNALS)[number]

/** Listens for the signals that end a command, until it is disposed of or one has come: a second one ends the process at once. */
export interface Interruption extends Disposable {
  readonly isReceived: boolean
  /** Does work that can take the interruption. @throws InterruptedError the work did not take it, and was given up */
  during<Result>(work: () => Promise<Result>): Promise<Result>
}

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  constructor(readonly signal: EndingSignal) {
    super(`interrupted by ${signal}`)
  }
}

interface Running {
  signal: AbortSignal
  isTaken: boolean
}

const running = new AsyncLocalStorage<Running>()

/** Aborted when the command that runs must end. A command that takes it ends by itself, in order; others are given up. */
export function takeInterruption(): AbortSignal {
  const taken = running.getStore() ?? { signal: new AbortController().signal, isTaken: false }
  taken.isTaken = true
  return taken.signal
}

export function listenForInterruption(): Interruption {
  const controller = new AbortController()
  const store: Running = { signal: controller.signal, isTaken: false }
  let received: EndingSignal | null = null
  const stopListening = (): void => SIGNALS.forEach((signal) => process.off(signal, onSignal))
  const onSignal = (signal: EndingSignal): void => {
    stopListening()
    received = signal
    controller.abort()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)

  return {
    get isReceived() {
      return received !== null
    },
    during(work) {
      const givenUp = new Promise<never>((_resolve, reject) => {
        const giveUp = (): void => {
          if (received !== null && !store.isTaken) reject(new InterruptedError(received))
        }
        controller.signal.addEventListener('abort', giveUp)
        giveUp()
      })
      return received === null ? Promise.race([givenUp, running.run(store, work)]) : givenUp
    },
    [Symbol.dispose]: stopListening,
  }
}
