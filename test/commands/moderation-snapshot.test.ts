import { expect } from 'chai'
import { moderationKind } from '../../src/commands/catalogue/moderation-kind.js'
import type { ModerationEvent } from '../../src/domain/moderation/events.js'
import type { PublicEvent } from '../../src/domain/event.js'
import type { Moderation } from '../../src/domain/moderation/moderation.js'

const { decider, snapshot } = moderationKind

const past: PublicEvent<ModerationEvent>[] = [
  { type: 'MessageReported', reportId: 'r1', messageId: 'm', reporterId: 'bob' },
  { type: 'ReportSettled', reportId: 'r1', by: 'admin' },
  { type: 'MessageReported', reportId: 'r2', messageId: 'm', reporterId: 'bob' },
  { type: 'MessageReported', reportId: 'r3', messageId: 'n', reporterId: 'ada' },
]

const shown = ({ open, openOf, settled }: Moderation) => [[...open], [...openOf], [...settled]]

describe('a snapshot of a moderation stream', () => {
  it('equals the stream in all reports', () => {
    const state = past.reduce(decider.evolve, decider.initial)
    const kept = snapshot.fromJson(JSON.parse(JSON.stringify(snapshot.toJson(state))))
    expect(shown(kept)).to.deep.equal(shown(state))
    expect([...kept.openOf]).to.have.length(2)
  })
})
