import { expect } from 'chai'
import { findNameProblem } from '../../src/analytics/find-files.js'
import { CHAIN } from '../../src/audit/chain/chain-follower.js'
import { findUnknownType } from '../../src/analytics/events/unknown-event-type.js'
import type { ProjectionEvent } from '../../src/analytics/projection-file.js'
import { applyPart } from '../../src/analytics/running/apply-part.js'
import { EventFailedError, failureOf, ProjectionPausedError } from '../../src/analytics/running/failure-of.js'
import { ProjectionFailedError } from '../../src/analytics/running/projection-failed-error.js'
import { projectionTemplate } from '../../src/analytics/template.js'
import { createProjectionList, ownProjectionNames } from '../../src/projections/projection-list.js'

const event = (position: string) => ({ type: 'MessageSent', position, stream: 'chat-1' }) as unknown as ProjectionEvent

const broken = new ProjectionFailedError({ code: 'timeout', message: 'too slow', file: 'x.mjs', line: 7 })

describe("the parts of analysts' projections", () => {
  it('an event that fails alone is not applied again, so that an endless loop is reported after one deadline', async () => {
    let calls = 0
    const process = { open: () => Promise.resolve(), apply: () => Promise.resolve('applied' as const) }
    const running = { ...process, close: () => Promise.resolve(), [Symbol.asyncDispose]: () => Promise.resolve() }
    const apply = (): Promise<boolean> => {
      calls++
      return Promise.reject(broken)
    }
    const failure = await applyPart({ events: [event('1')], to: '2' }, { process: running, apply }).catch(
      (error: unknown) => error,
    )
    expect(failure).to.be.instanceOf(EventFailedError)
    expect(calls).to.equal(1)
  })

  it('the log line of one that pauses names event, file and line, and no message that may be personal', () => {
    const error = new EventFailedError(event('5'), broken)
    const line = new ProjectionPausedError(failureOf(error, false)).stack
    expect(line).to.equal('paused at 5 by MessageSent in chat-1: timeout too slow (x.mjs:7)')
    const hidden = new ProjectionPausedError(failureOf(error, true)).stack
    expect(hidden).to.equal('paused at 5 by MessageSent in chat-1: timeout (x.mjs:7)')
  })

  it('an unknown event type is refused with the nearest one, a former name with the present one', () => {
    expect(findUnknownType(['MessageSent', 'messagesent'])?.message).to.match(/did you mean "MessageSent"\?$/)
    expect(findUnknownType(['ChatCreate'])?.message).to.match(/did you mean "ChatCreated"\?$/)
    expect(findUnknownType(['PersonBlocked'])?.message).to.match(/did you mean "UserBlocked"\?$/)
    expect(findUnknownType(['MessageSent', 'UserBlocked'])).to.equal(null)
  })

  it("the reserved names are those of Parley's own projections", () => {
    const names = Object.values(createProjectionList({} as never)).map(({ name }) => name)
    expect(ownProjectionNames).to.include.keys(...names, CHAIN.name)
    for (const name of ownProjectionNames) expect(findNameProblem(name, ownProjectionNames)).to.match(/of its own/)
    expect(findNameProblem('counts', ownProjectionNames)).to.equal(null)
  })

  it('the template has no stray escapes', () => {
    expect(projectionTemplate('counts')).not.to.include('\\')
  })
})
