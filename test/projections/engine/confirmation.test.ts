import { expect } from 'chai'
import { createOutage } from '../../../src/async/outage.js'
import { createConfirmation, type Confirmation } from '../../../src/projections/engine/confirmation.js'
import { createProgress } from '../../../src/followers/progress.js'
import { eventually } from '../../support/eventually.js'
import { recordedReport } from '../../support/recorded-report.js'

/** A log whose head the test answers, and a clock that it moves. */
function setUp() {
  const time = { now: 1_000_000 }
  const progress = createProgress('0', (a, b) => Number(a) - Number(b))
  const asked: { answer(head: string): void; fail(): void }[] = []
  const log = {
    head: () =>
      new Promise<string>((resolve, reject) => {
        asked.push({ answer: resolve, fail: () => reject(new Error('away')) })
      }),
  }
  const report = recordedReport()
  const confirmation = createConfirmation({
    log,
    progress,
    outage: createOutage('session-check', report),
    now: () => time.now,
    everyMs: 3_600_000,
    headMs: 200,
    followMs: 200,
  })
  const nextAsk = (count: number) =>
    eventually(() => {
      const ask = asked[count - 1]
      if (ask === undefined) throw new Error(`the head was asked for ${asked.length} times`)
      return ask
    })
  return { time, progress, asked, confirmation, nextAsk, report }
}

describe('how up to date a follower is known to be', () => {
  let confirmation: Confirmation

  afterEach(() => confirmation[Symbol.asyncDispose]())

  it('begins unknown, and is known once the head that was asked for is examined', async () => {
    const { progress, nextAsk, ...set } = setUp()
    confirmation = set.confirmation
    expect(confirmation.isFresh()).to.equal(false)
    const first = await nextAsk(1)
    const renewed = confirmation.renew()
    first.answer('5')
    progress.moveTo('5')
    const second = await nextAsk(2)
    second.answer('6')
    progress.moveTo('6')
    expect(await renewed).to.deep.equal({ head: '6' })
    expect(confirmation.isFresh()).to.equal(true)
  })

  it('counts from the moment before the head was asked for, not from when it came', async () => {
    const { time, progress, nextAsk, ...set } = setUp()
    confirmation = set.confirmation
    const asked = await nextAsk(1)
    time.now += 10_000 // the process was stopped, and the answer waited in its socket
    progress.moveTo('5')
    asked.answer('5')
    const renewed = confirmation.renew()
    const again = await nextAsk(2)
    expect(confirmation.isFresh()).to.equal(false)
    again.answer('5')
    await renewed
    expect(confirmation.isFresh()).to.equal(true)
  })

  it('is over after 2 s, without a word from anybody', async () => {
    const { time, progress, nextAsk, ...set } = setUp()
    confirmation = set.confirmation
    const asked = await nextAsk(1)
    progress.moveTo('5')
    asked.answer('5')
    await eventually(() => expect(confirmation.isFresh()).to.equal(true))
    time.now += 2_000
    expect(confirmation.isFresh()).to.equal(true)
    time.now += 1
    expect(confirmation.isFresh()).to.equal(false)
  })

  it('is not known where the head is not reached in time, but the head is', async () => {
    const { nextAsk, ...set } = setUp()
    confirmation = set.confirmation
    ;(await nextAsk(1)).fail()
    const renewed = confirmation.renew()
    ;(await nextAsk(2)).answer('5')
    expect(await renewed).to.deep.equal({ head: '5' })
    expect(confirmation.isFresh()).to.equal(false)
  })

  it('is not known where the log fails, or does not answer', async () => {
    const { nextAsk, ...set } = setUp()
    confirmation = set.confirmation
    await nextAsk(1) // never answered: given up
    const renewed = confirmation.renew()
    ;(await nextAsk(2)).fail()
    expect(await renewed).to.equal(null)
    expect(confirmation.isFresh()).to.equal(false)
  })

  it('reports once that the log fails, and the end once the follower is up to date again', async () => {
    const { nextAsk, progress, report, ...set } = setUp()
    confirmation = set.confirmation
    ;(await nextAsk(1)).fail()
    const second = confirmation.renew()
    ;(await nextAsk(2)).fail()
    await second
    const third = confirmation.renew()
    ;(await nextAsk(3)).answer('5')
    await third
    expect(report.lines).to.deep.equal(['session-check failed: away'])
    const fourth = confirmation.renew()
    ;(await nextAsk(4)).answer('5')
    progress.moveTo('5')
    await fourth
    expect(report.lines).to.deep.equal(['session-check failed: away', 'session-check recovered'])
  })

  it('is renewed once for all who ask while one is under way, and never by one that began before', async () => {
    const { asked, progress, nextAsk, ...set } = setUp()
    confirmation = set.confirmation
    const first = await nextAsk(1)
    const renewals = [confirmation.renew(), confirmation.renew(), confirmation.renew()]
    progress.moveTo('5')
    first.answer('4')
    ;(await nextAsk(2)).answer('5')
    expect(await Promise.all(renewals)).to.deep.equal([{ head: '5' }, { head: '5' }, { head: '5' }])
    expect(asked.length).to.equal(2)
  })
})
