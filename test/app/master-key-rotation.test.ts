import { createSecretKey, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { rotateKeysCommand } from '../../src/cli/keys/rotate-command.js'
import { KeyUnwrapError } from '../../src/privacy/key-wrap.js'
import { createClub } from '../api/app/club.js'
import { startTestApp } from '../support/test-app.js'

describe('an installation whose master key is replaced', function () {
  this.timeout(120_000)

  it('goes on reading, keeps its secrets, and starts with the new key alone once the keys are rotated', async () => {
    await using parley = await startTestApp()
    const old = parley.config.masterKey!
    const young = createSecretKey(randomBytes(32))
    const ada = await parley.register('Ada')
    const club = await createClub(parley, ada, [])
    await club.call(ada, 'POST', '/messages', { content: 'written before' })
    const webhook = (await club.call(ada, 'POST', '/webhooks', { url: 'https://hook.example/' })).body as { id: string }
    const secretOf = () => parley.app.core.installationKey.export().toString('hex')
    const secret = secretOf()
    expect(webhook.id).to.be.a('string')

    const restart = (masterKey: typeof old, masterKeysAccepted: (typeof old)[]) =>
      parley.restart(() => Promise.resolve(), { masterKey, masterKeysAccepted })
    const contents = async () =>
      ((await club.call(ada, 'GET', '/messages')).body as { content: string }[]).map(({ content }) => content)

    await restart(old, [young])
    await restart(young, [old])
    await club.call(ada, 'POST', '/messages', { content: 'written after' })
    expect(await contents()).to.deep.equal(['written before', 'written after'])
    expect(secretOf()).to.equal(secret)

    const swapped = { ...parley.config, masterKey: young, masterKeysAccepted: [old] }
    expect(await rotateKeysCommand.parse(['--json'])(swapped)).to.equal(0)
    expect(await contents()).to.deep.equal(['written before', 'written after'])
    await restart(young, [old])
    expect(await contents()).to.deep.equal(['written before', 'written after'])
    expect(secretOf()).to.equal(secret)

    const refused = await restart(old, []).then(
      () => null,
      (error: unknown) => error,
    )
    expect(refused).to.be.instanceOf(KeyUnwrapError)
  })
})
