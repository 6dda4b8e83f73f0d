import { expect } from 'chai'
import { erasureSteps, type ErasureStep } from '../../src/erasure/erasure-steps.js'
import { userStream } from '../../src/domain/streams.js'
import { createClub } from '../api/app/club.js'
import { dumpTables } from '../support/dump.js'
import { erasureDone } from './erasures-done.js'
import { eventually } from '../support/eventually.js'
import { execute } from '../support/test-database.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

describe('an erasure that is interrupted', function () {
  this.timeout(240_000)
  let parley: TestApp
  let bob: TestUser
  let stopAt: ErasureStep | null = null
  let reached: ErasureStep[] = []

  before(async () => {
    parley = await startTestApp(
      {},
      {
        beforeErasureStep(step) {
          reached.push(step)
          return step === stopAt ? Promise.reject(new Error('Interrupted')) : Promise.resolve()
        },
      },
    )
    bob = await parley.register('Bob')
  })
  after(() => parley[Symbol.asyncDispose]())

  for (const [index, step] of erasureSteps.entries())
    it(`before the step "${step}" is completed after a restart`, async () => {
      const mark = `Marked${step.replace('-', '')}`
      const ada = await parley.register(mark)
      const club = await createClub(parley, ada, [bob])
      await club.call(ada, 'POST', '/messages', { content: mark })
      reached = []
      stopAt = step
      await parley.call('POST', '/users/me/erasure', { token: ada.token, body: { password: 'correct horse' } })
      await eventually(() => expect(reached).to.deep.equal(erasureSteps.slice(0, index + 1)))
      await parley.restart(async (url) => {
        expect(await execute(url, 'select user_id from erasures')).to.deep.equal([{ user_id: ada.id }])
        stopAt = null
      })
      await erasureDone(parley, ada.id)
      const { log } = parley.app.core
      const types = (await log.readStream(userStream(ada.id), { limit: 100 })).map(({ type }) => type)
      expect(types.filter((type) => type === 'UserErased')).to.have.length(1)
      expect(types.at(-1)).to.equal('UserErased')
      expect(await dumpTables(parley.config.databaseUrl!)).not.to.include(mark)
    })

  it('is done again, without another event, where a database has no position of the log', async () => {
    const ada = await parley.register('Ada')
    await parley.call('POST', '/users/me/erasure', { token: ada.token, body: { password: 'correct horse' } })
    await erasureDone(parley, ada.id)
    reached = []
    await parley.restart(async (url) => {
      await execute(url, `delete from followers where name = 'erasures'`)
    })
    await eventually(() =>
      expect(reached.filter((step) => step === 'read-models')).to.have.length(erasureSteps.length + 1),
    )
    await erasureDone(parley, ada.id)
    const events = await parley.app.core.log.readStream(userStream(ada.id), { limit: 100 })
    expect(events.map(({ type }) => type).filter((type) => type === 'UserErased')).to.have.length(1)
  })
})
