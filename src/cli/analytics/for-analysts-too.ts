import { resolve } from 'node:path'
import type { AnalystsProjection } from '../../analytics/analysts-projection.js'
import { findFiles } from '../../analytics/find-files.js'
import type { Config } from '../../app/config.js'
import type { OperatorCommand } from '../operator-command.js'
import { withAnalytics, type OpenAnalytics } from './with-analytics.js'

/** Does the command's work for one analyst's projection; its result is the exit code. */
export type ForAnalyst = (projection: AnalystsProjection, open: OpenAnalytics, json: boolean) => Promise<number>

/** A command on Parley's own projections that also takes the names of analysts'; with `--all`, all of both. */
export const forAnalystsToo = (command: OperatorCommand, forAnalyst: ForAnalyst): OperatorCommand => ({
  ...command,
  parse(args) {
    const ownRun = command.parse(args)
    return async (config) => {
      const isAll = args.includes('--all')
      const analysts = (await analystsNames(config)).filter((name) => isAll || args.includes(name))
      if (analysts.length === 0) return ownRun(config)
      const others = args.filter((arg) => !analysts.includes(arg))
      const hasOthers = isAll || others.some((arg) => !arg.startsWith('-'))
      const ownCode = hasOthers ? await command.parse(others)(config) : 0
      const codes = await withAnalytics(config, (open) => runAll(analysts, open, forAnalyst, args.includes('--json')))
      return Math.max(ownCode, ...codes)
    }
  },
})

const analystsNames = async ({ projectionsDir }: Config): Promise<string[]> =>
  projectionsDir === null ? [] : (await findFiles(resolve(projectionsDir))).map(({ name }) => name)

async function runAll(names: string[], open: OpenAnalytics, forAnalyst: ForAnalyst, json: boolean): Promise<number[]> {
  const codes: number[] = []
  for (const name of names) {
    const projection = await open.analytics.find(name)
    if (projection !== null) codes.push(await forAnalyst(projection, open, json))
  }
  return codes
}
