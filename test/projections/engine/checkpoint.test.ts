import { expect } from 'chai'
import { ForeignCheckpointError, openProjection } from '../../../src/projections/engine/open-projection.js'
import { createDecisionIndexProjection } from '../../../src/projections/decision-index/decision-index.js'
import { rejectionOf } from '../../contract/event-log-support.js'
import { openWriteSide } from '../../support/write-side.js'

describe('the checkpoint of a projection', () => {
  it('of one log is refused with another log, and stays', async () => {
    await using made = await openWriteSide()
    await using other = await openWriteSide(undefined, 'eventstoredb')
    const projection = createDecisionIndexProjection(made.reader)
    expect(await rejectionOf(openProjection(made.pool, projection, other.log))).to.be.instanceOf(ForeignCheckpointError)
    expect(await openProjection(made.pool, projection, made.log)).to.include({ generation: 1 })
  })
})
