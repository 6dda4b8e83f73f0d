import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Analytics } from '../../analytics/analytics.js'
import type { Foundations } from '../../app/foundations.js'
import type { Position } from '../../eventstore/event-log.js'
import type { ProjectionState } from '../../projections/engine/projection-states.js'
import { readSkippedEvents } from '../../projections/engine/skipped-events.js'
import { withAnalyticsOf } from '../analytics/with-analytics.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { formatSeconds } from './build-bars.js'
import { describeFailure } from './describe-failure.js'
import { allProjections } from './find-projections.js'
import { readStates } from './run-builds-here.js'

const WATCH_MS = 1_000

const show = (usage: string, summary: string): OperatorCommand => ({
  usage,
  summary,
  parse(args) {
    const flag = { type: 'boolean', default: false } as const
    const { values } = parseArgs({ args, options: { json: flag, watch: flag } })
    return (config) =>
      withFoundations(config, (foundations) =>
        withAnalyticsOf(config, foundations, (open) =>
          (values.watch ? watch : showOnce)(foundations, open?.analytics ?? null, values.json),
        ),
      )
  },
})

export const listProjections = show(
  'projections [--json]',
  'show where each projection stands; exit code 1 with one paused',
)

export const showStatus = show('projections status [--watch] [--json]', 'the same; with --watch again every second')

interface Shown extends ProjectionState {
  /** Positions of events that it was made to skip. */
  skipped: Position[]
}

async function showOnce(foundations: Foundations, analytics: Analytics | null, json: boolean): Promise<number> {
  const skipped = await readSkippedEvents(foundations.log, foundations.reader)
  const analysts = (await analytics?.all()) ?? []
  const states: ProjectionState[] = [
    ...(await readStates(foundations, allProjections(foundations))),
    ...(await Promise.all(analysts.map((projection) => projection.state()))),
  ]
  const shown = states.map((state): Shown => ({ ...state, skipped: [...(skipped.get(state.name) ?? [])] }))
  if (json) print(JSON.stringify(shown))
  else for (const state of shown) print(`${state.name} version ${state.version}: ${describe(state)}`)
  return shown.some(({ failure }) => failure !== null) ? 1 : 0
}

/** Until the process is interrupted. */
async function watch(foundations: Foundations, analytics: Analytics | null, json: boolean): Promise<number> {
  for (;;) {
    if (process.stdout.isTTY && !json) print('\u001b[2J\u001b[H')
    await showOnce(foundations, analytics, json)
    await sleep(WATCH_MS)
  }
}

function describe({ generation, position, failure, status, lagEvents, rebuild, skipped }: Shown): string {
  if (generation === null && rebuild === null) return 'never started'
  const parts = [
    failure === null
      ? `${status}, ${lagEvents === 0 ? 'up to date' : `${lagEvents} events behind`}, at ${position}`
      : describeFailure(failure),
    ...(rebuild === null ? [] : [describeBuild(rebuild)]),
    ...(skipped.length === 0 ? [] : [`skipped: ${skipped.join(', ')}`]),
  ]
  return parts.join('; ')
}

function describeBuild({
  comparing,
  done,
  total,
  eventsPerSecond,
  secondsLeft,
}: NonNullable<Shown['rebuild']>): string {
  const what = comparing ? 'comparison' : 'rebuild'
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
  return `${what} ${percent} %, ${Math.round(eventsPerSecond ?? 0)} events/s, ${formatSeconds(secondsLeft)} left`
}
