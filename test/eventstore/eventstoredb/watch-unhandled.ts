import { expect } from 'chai'

/** Around each test of a suite: what is rejected or thrown with nobody listening fails it. */
export function watchUnhandled(): void {
  const unhandled: unknown[] = []
  const keep = (reason: unknown): unknown => unhandled.push(reason)

  before(() => process.on('unhandledRejection', keep))
  after(() => process.off('unhandledRejection', keep))
  afterEach(() => expect(unhandled.splice(0)).to.deep.equal([]))
}
