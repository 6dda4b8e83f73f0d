import { setTimeout as sleep } from 'node:timers/promises'

/** What goes wrong, on request. Counts are of what comes next, over all connections; `heal` ends everything. */
export interface Faults {
  /** Stores the next appends and never answers them. */
  storeWithoutAnswer(appends?: number): void
  /** Destroys the connection that an append came on, before or after it was stored. */
  cutOnAppend(appends: number, when: 'before' | 'after'): void
  /** Stores the next appends at once; the answers wait for so many milliseconds, or for the promise. */
  answerLate(until: number | Promise<unknown>, appends?: number): void
  /** The next appends are answered "timed out", as one is that the index does not know yet. */
  answerNotIndexed(appends: number): void
  /** Reads give nothing, nor end; subscriptions and appends go on. */
  stopReads(): void
  /** Subscriptions that there are now say nothing more, nor end; reads, appends and new subscriptions go on. */
  stopSubscriptions(): void
  /** The next events of subscriptions come twice each. */
  deliverTwice(events: number): void
  /** Destroys the connection of the subscription that has delivered the last of so many events. */
  cutSubscriptionsAfter(events: number): void
  /** Destroys the connection of the read that has delivered the last of so many events. */
  cutReadsAfter(events: number): void
  /** The next checkpoint of a subscription that has had one names an earlier position. */
  checkpointGoesBack(): void
  /** Before the next event of a filtered subscription comes a checkpoint at the end of the log, past what was not delivered yet. */
  checkpointAtEnd(): void
  /** Refuses every call as a starting server does, every connection as a missing one, or subscriptions; cuts what there is. */
  refuse(what: 'calls' | 'connections' | 'subscriptions'): void
  /** Destroys every connection, now. */
  cutConnections(): void
  /** All is well from now on. */
  heal(): void
}

export type AppendFault =
  'none' | 'cut-before' | 'cut-after' | 'no-answer' | 'not-indexed' | { answerAfter: Promise<unknown> }

/** The same, as those who have to fail ask for it. Asking uses up what was counted. */
export interface FaultState {
  ofAppend(): AppendFault
  readonly refuses: 'nothing' | 'calls' | 'connections' | 'subscriptions'
  /** How often subscriptions were stopped: one that began before the last time is silent. */
  readonly stops: number
  readonly readsStopped: boolean
  takeDeliverTwice(): boolean
  /** Whether the connection is to be cut after this event. */
  cutsAfterEvent(of: 'read' | 'subscription'): boolean
  takeCheckpointGoesBack(): boolean
  takeCheckpointAtEnd(): boolean
}

export function createFaults(cutConnections: () => void): { faults: Faults; state: FaultState } {
  let appendFaults: AppendFault[] = []
  let refuses: FaultState['refuses'] = 'nothing'
  let stops = 0
  let readsStopped = false
  let twice = 0
  let goesBack = false
  let atEnd = false
  const eventsLeft = { read: Infinity, subscription: Infinity }

  const next = (appends: number, fault: () => AppendFault): void => {
    appendFaults.push(...Array.from({ length: appends }, fault))
  }

  const faults: Faults = {
    storeWithoutAnswer: (appends = 1) => next(appends, () => 'no-answer'),
    cutOnAppend: (appends, when) => next(appends, () => `cut-${when}`),
    answerLate: (until, appends = 1) =>
      next(appends, () => ({ answerAfter: typeof until === 'number' ? sleep(until) : until })),
    answerNotIndexed: (appends) => next(appends, () => 'not-indexed'),
    stopReads: () => void (readsStopped = true),
    stopSubscriptions() {
      stops += 1
    },
    deliverTwice(events) {
      twice = events
    },
    cutSubscriptionsAfter: (events) => void (eventsLeft.subscription = events),
    cutReadsAfter: (events) => void (eventsLeft.read = events),
    checkpointGoesBack: () => void (goesBack = true),
    checkpointAtEnd: () => void (atEnd = true),
    refuse(what) {
      refuses = what
      cutConnections()
    },
    cutConnections,
    heal() {
      appendFaults = []
      refuses = 'nothing'
      goesBack = atEnd = false
      eventsLeft.read = eventsLeft.subscription = Infinity
      readsStopped = false
      twice = 0
    },
  }
  const state: FaultState = {
    ofAppend: () => appendFaults.shift() ?? 'none',
    get refuses() {
      return refuses
    },
    get stops() {
      return stops
    },
    get readsStopped() {
      return readsStopped
    },
    takeDeliverTwice: () => twice-- > 0,
    cutsAfterEvent(of) {
      eventsLeft[of] -= 1
      if (eventsLeft[of] > 0) return false
      eventsLeft[of] = Infinity
      return true
    },
    takeCheckpointGoesBack() {
      const taken = goesBack
      goesBack = false
      return taken
    },
    takeCheckpointAtEnd() {
      const taken = atEnd
      atEnd = false
      return taken
    },
  }
  return { faults, state }
}
