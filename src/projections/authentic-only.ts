import { BadMacError } from '../privacy/bad-mac-error.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { Projection } from './engine/projection.js'

/** The projection, for which an event with a wrong MAC is one that cannot be applied: it pauses there. */
export const authenticOnly = (
  projection: Projection,
  { isAuthentic }: Pick<EventReader, 'isAuthentic'>,
): Projection => ({
  ...projection,
  async apply(batch, tx, table) {
    const forged = batch.find((event) => !isAuthentic(event))
    if (forged !== undefined) throw new BadMacError(forged)
    await projection.apply(batch, tx, table)
  },
})
