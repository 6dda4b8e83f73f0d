import type { AnalystsProjection } from '../../analytics/analysts-projection.js'
import { NothingToCompareError } from '../../analytics/diff/diff-projection.js'
import { hasPermissionModel } from '../../analytics/running/permissions.js'
import { ProjectionFailedError } from '../../analytics/running/projection-failed-error.js'
import type { Differences } from '../../postgres/compare-tables.js'
import { CommandFailedError } from '../command-errors.js'
import { buildResult, type BuildResult } from '../projections/build-result.js'
import { describeFailure } from '../../projections/engine/describe-failure.js'
import { runBuildHere } from './run-build-here.js'
import type { OpenAnalytics } from './with-analytics.js'

/** @throws CommandFailedError where this process cannot build it */
function checkBuildable({ name, path }: AnalystsProjection): void {
  const { node } = process.versions
  if (!hasPermissionModel(node))
    throw new CommandFailedError(`Analysts' projections need Node 24, and this is Node ${node}`)
  if (path === null)
    throw new CommandFailedError(`The file of ${name} is gone; parley projections drop ${name} drops its tables`)
}

const underWay = ({ name }: AnalystsProjection): CommandFailedError =>
  new CommandFailedError(`${name} is being built already: parley projections status shows how far it is`)

export const rebuildAnalysts = (
  projection: AnalystsProjection,
  open: OpenAnalytics,
  json: boolean,
): Promise<BuildResult> =>
  buildResult({ name: projection.name, version: 0 }, async () => {
    checkBuildable(projection)
    if (!(await projection.rebuild())) throw underWay(projection)
    await runBuildHere(projection, open, json)
    return { version: (await projection.state()).version }
  })

/** @throws CommandFailedError */
export async function diffAnalysts(projection: AnalystsProjection | undefined): Promise<Differences> {
  if (projection === undefined) throw new Error('the projection was found, and is gone')
  checkBuildable(projection)
  const { name } = projection
  const { rebuild } = await projection.state()
  if (rebuild !== null && !rebuild.paused) throw underWay(projection)
  const { differences } = await projection.compare().catch((error: unknown) => {
    throw explain(name, error)
  })
  return differences
}

function explain(name: string, error: unknown): unknown {
  if (error instanceof NothingToCompareError)
    return new CommandFailedError(`${name} has no tables to compare with: its first build is not complete`)
  if (!(error instanceof ProjectionFailedError)) return error
  const { code, message, file, line } = error
  const failure = { position: null, stream: null, eventType: null, at: '', code, message, file, line }
  return new CommandFailedError(`${name}: the comparison is ${describeFailure(failure)}`)
}
