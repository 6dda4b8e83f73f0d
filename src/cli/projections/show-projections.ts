import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Analytics } from '../../analytics/analytics.js'
import type { Foundations } from '../../app/foundations.js'
import type { Position } from '../../eventstore/event-log.js'
import type { ProjectionState } from '../../projections/engine/projection-states.js'
import { readSkippedEvents } from '../../projections/engine/skipped-events.js'
import { withAnalyticsOf } from '../analytics/with-analytics.js'
import type { OperatorCommand } from '../operator-command.js'
import { print, printNotice } from '../output.js'
import { withFoundations } from '../with-core.js'
import { formatSeconds } from './build-bars.js'
import { describeFailure } from '../../projections/engine/describe-failure.js'
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
  const states: ProjectionState[] = [
    ...(await readStates(foundations, allProjections(foundations))),
    ...((await analytics?.states()) ?? []),
  ]
  const shown = states.map((state): Shown => ({ ...state, skipped: [...(skipped.get(state.name) ?? [])] }))
  if (json) print(JSON.stringify(shown))
  else for (const state of shown) print(`${titleOf(state)}: ${describe(state)}`)
  for (const { file, reason } of (await analytics?.refusedFiles()) ?? [])
    printNotice(`${file} in PROJECTIONS_DIR is not run: ${reason}`)
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

/** The version of an analyst's file is not known before it was read. */
const titleOf = ({ name, version }: Shown): string => (version === 0 ? name : `${name} version ${version}`)

function describe(state: Shown): string {
  const { generation, failure, rebuild, skipped } = state
  if (generation === null && rebuild === null) return 'never started'
  const parts = [
    failure === null || rebuild?.paused === true ? describePosition(state) : describeFailure(failure),
    ...(rebuild === null ? [] : [describeBuild(rebuild, failure)]),
    ...(skipped.length === 0 ? [] : [`skipped: ${skipped.join(', ')}`]),
  ]
  return parts.join('; ')
}

function describePosition({ status, reason, lagEvents, position, rebuild }: Shown): string {
  const shown = status === 'paused' && rebuild?.paused === true ? 'its rebuild is paused' : status
  const why = reason === null ? '' : ` (${reason})`
  return `${shown}${why}, ${lagEvents === 0 ? 'up to date' : `${lagEvents} events behind`}, at ${position}`
}

function describeBuild(
  { comparing, paused, done, total, eventsPerSecond, secondsLeft }: NonNullable<Shown['rebuild']>,
  failure: Shown['failure'],
): string {
  const what = comparing ? 'comparison' : 'rebuild'
  const percent = `${what} ${total === 0 ? 100 : Math.floor((100 * done) / total)} %`
  if (paused && failure !== null) return `${percent}, ${describeFailure(failure)}`
  if (eventsPerSecond === null) return percent
  return `${percent}, ${Math.round(eventsPerSecond)} events/s, ${formatSeconds(secondsLeft)} left`
}
