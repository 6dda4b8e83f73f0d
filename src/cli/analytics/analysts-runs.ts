import { hasPermissionModel } from '../../analytics/running/permissions.js'
import { ProjectionFailedError } from '../../analytics/running/projection-failed-error.js'
import { CommandFailedError } from '../command-errors.js'
import { print } from '../output.js'
import { describeFailure } from '../projections/describe-failure.js'
import { printDifferences } from '../projections/print-differences.js'
import type { ForAnalyst } from './for-analysts-too.js'
import { runBuildHere } from './run-build-here.js'

const underWay = (name: string): CommandFailedError =>
  new CommandFailedError(`${name} is being built already: parley projections status shows how far it is`)

function checkNode(): void {
  const { node } = process.versions
  if (!hasPermissionModel(node))
    throw new CommandFailedError(`Analysts' projections need Node 24, and this is Node ${node}`)
}

export const rebuildAnalysts: ForAnalyst = async (projection, open, json) => {
  checkNode()
  if (!(await projection.rebuild())) throw underWay(projection.name)
  await runBuildHere(projection, open, json)
  const { name, version } = await projection.state()
  print(json ? JSON.stringify([{ name, version }]) : `${name} was rebuilt`)
  return 0
}

export const diffAnalysts: ForAnalyst = async (projection, _open, json) => {
  checkNode()
  const { name } = projection
  if ((await projection.state()).rebuild !== null) throw underWay(name)
  const { differences } = await projection.compare().catch((error: unknown) => {
    if (!(error instanceof ProjectionFailedError)) throw error
    const { code, message, file, line } = error
    const failure = { position: null, stream: null, eventType: null, at: '', code, message, file, line }
    throw new CommandFailedError(`${name}: the comparison is ${describeFailure(failure)}`)
  })
  if (json) print(JSON.stringify(differences))
  else printDifferences(name, differences)
  return Object.keys(differences).length === 0 ? 0 : 1
}
