import type { Foundations } from '../../app/foundations.js'
import type { Projection } from '../../projections/engine/projection.js'
import { UsageError } from '../command-errors.js'

export const allProjections = ({ projections }: Pick<Foundations, 'projections'>): Projection[] =>
  Object.values<Projection>(projections)

/** @throws UsageError */
export function findProjection(name: string, foundations: Pick<Foundations, 'projections'>): Projection {
  const found = allProjections(foundations).find((known) => known.name === name)
  if (found === undefined) throw unknownProjection(name, foundations)
  return found
}

export function unknownProjection(name: string, foundations: Pick<Foundations, 'projections'>): UsageError {
  const names = allProjections(foundations).map((known) => known.name)
  return new UsageError(`There is no projection "${name}", only ${names.join(', ')}`)
}
