import type { Foundations } from '../../app/foundations.js'
import type { Projection } from '../../projections/engine/projection.js'
import { UsageError } from '../command-errors.js'

export const allProjections = ({ projections }: Pick<Foundations, 'projections'>): Projection[] =>
  Object.values<Projection>(projections)

/** @throws UsageError */
export function findProjection(name: string, foundations: Pick<Foundations, 'projections'>): Projection {
  const all = allProjections(foundations)
  const found = all.find((known) => known.name === name)
  if (found !== undefined) return found
  throw new UsageError(`There is no projection "${name}", only ${all.map((known) => known.name).join(', ')}`)
}
