import type { Foundations } from '../../app/foundations.js'
import type { Projection } from '../../projections/engine/projection.js'

export const allProjections = ({ projections }: Pick<Foundations, 'projections'>): Projection[] =>
  Object.values<Projection>(projections)
