import type { Foundations } from '../../app/foundations.js'
import { describeFailure } from '../../projections/engine/describe-failure.js'
import type { ProjectionState } from '../../projections/engine/projection-states.js'
import { allProjections } from '../projections/find-projections.js'
import { readStates } from '../projections/run-builds-here.js'
import { failed, type Finding, ok, warning } from './finding.js'

const MAX_LAG_SECONDS = 30

/** How far Parley's projections are behind the log, and which of them stand still. */
export async function checkProjections(foundations: Foundations): Promise<Finding[]> {
  const states = await readStates(foundations, allProjections(foundations))
  const findings = states.map(findingOf).filter((finding) => finding.status !== 'ok')
  return findings.length > 0 ? findings : [ok('projections', `${states.length}, none is behind`)]
}

function findingOf({ name, generation, status, failure, lagSeconds, lagEvents }: ProjectionState): Finding {
  const check = `projection ${name}`
  if (generation === null)
    return warning(check, 'it has no tables yet: start a node, or run "parley projections prepare"')
  if (failure !== null) return failed(check, `${describeFailure(failure)}; see "parley projections --help"`)
  if (status === 'stopped') return warning(check, `it is stopped: "parley projections start ${name}"`)
  if ((lagSeconds ?? 0) > MAX_LAG_SECONDS)
    return warning(check, `${lagEvents} events and ${Math.round(lagSeconds ?? 0)} s behind: does a node run?`)
  return ok(check, status)
}
