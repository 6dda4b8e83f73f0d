import type { Readiness } from '../../api/shapes/readiness-shape.js'
import { createOutage, type Outage } from '../../async/outage.js'

type ComponentLog = Record<'error' | 'warn', (message: string, about: { reason?: unknown }) => unknown>

const INTERVAL_MS = 5_000

/** Redis, realtime and what follows the log report their outages themselves. */
const WATCHED = {
  eventStore: 'Event log',
  postgres: 'Main database',
  keys: 'Key database',
  disk: 'Disk of the main database',
  sessions: 'Session check',
} as const

/** Asks for the readiness every 5 s, whether or not `/readyz` is requested, and logs each outage of a component once, and its end. */
export function watchComponents(
  readiness: () => Promise<Readiness>,
  logger: ComponentLog,
  intervalMs = INTERVAL_MS,
): AsyncDisposable {
  const note = createComponentLog(logger)
  let watching: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    watching = readiness().then(note)
  }, intervalMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await watching
    },
  }
}

/** One line for the beginning of each outage, and one for its end. */
export function createComponentLog(logger: ComponentLog): (readiness: Readiness) => void {
  const report = {
    onFailure: (name: string, reason: unknown): unknown => logger.error(`${name} failed`, { reason }),
    onRecovery: (name: string): unknown => logger.warn(`${name} recovered`, {}),
  }
  const outages = new Map<string, Outage>()
  const outageOf = (name: string): Outage => {
    const known = outages.get(name) ?? createOutage(name, report)
    outages.set(name, known)
    return known
  }
  const noteOne = (name: string, isFailing: boolean, reason: unknown): void =>
    isFailing ? outageOf(name).failed(reason) : outageOf(name).succeeded()

  return ({ components }) => {
    for (const [key, title] of Object.entries(WATCHED)) {
      const { status, reason } = components[key as keyof typeof WATCHED]
      noteOne(title, status !== 'ok', reason)
    }
    for (const [name, { status, lagSeconds }] of Object.entries(components.projections))
      noteOne(`Projection ${name} (30 s behind the log)`, status === 'degraded', `${lagSeconds ?? 0} s`)
  }
}
