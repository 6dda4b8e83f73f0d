import { hash as argon2, parseOptions } from '@node-rs/argon2'
import { expect } from 'chai'
import { createPasswords, UNKNOWN_ACCOUNT_HASH, TooBusyError } from '../../../src/identity/passwords/passwords.js'

const settled = async (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

describe('passwords', () => {
  const passwords = createPasswords()

  it('accepts the right password and no other', async () => {
    const hash = await passwords.hash('correct horse')
    expect(await passwords.verify(hash, 'correct horse')).to.equal(true)
    expect(await passwords.verify(hash, 'correct horse ')).to.equal(false)
  })

  it('treats a password as the same in any Unicode normalisation', async () => {
    const hash = await passwords.hash('zo\u00eb zo\u00eb')
    expect(await passwords.verify(hash, 'zoe\u0308 zoe\u0308')).to.equal(true)
  })

  it('hashes with argon2id, with cost and a salt in the hash', async () => {
    const [one, other] = await Promise.all([passwords.hash('12345678'), passwords.hash('12345678')])
    expect(one).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.to.equal(other)
  })

  it('verifies a hash of another cost', async () => {
    const made = await argon2('12345678', { memoryCost: 64, timeCost: 1 })
    expect(parseOptions(made)).to.include({ memoryCost: 64, timeCost: 1 })
    expect(await passwords.verify(made, '12345678')).to.equal(true)
  })

  it('takes a hash of a lower cost for outdated, not one of the current or a higher cost', async () => {
    const made = (memoryCost: number, timeCost: number) => argon2('12345678', { memoryCost, timeCost })
    expect(passwords.isOutdated(await passwords.hash('12345678'))).to.equal(false)
    expect(passwords.isOutdated(await made(19_456, 3))).to.equal(false)
    expect(passwords.isOutdated(await made(19_456, 1))).to.equal(true)
    expect(passwords.isOutdated(await made(19_455, 2))).to.equal(true)
  })

  it('refuses any password of an unknown user, at the cost of a real check', async () => {
    expect(await passwords.verify(null, '12345678')).to.equal(false)
    expect(parseOptions(UNKNOWN_ACCOUNT_HASH)).to.deep.equal(parseOptions(await passwords.hash('12345678')))
  })

  it('queues a hundred checks; one more is refused at once, and later ones are accepted again', async () => {
    const one = createPasswords(1)
    const accepted = Array.from({ length: 101 }, () => one.verify(null, 'x'))
    expect(await settled(one.verify(null, 'x'))).to.be.instanceOf(TooBusyError)
    expect(await settled(one.hash('x'))).to.be.instanceOf(TooBusyError)
    expect(await Promise.all(accepted)).to.deep.equal(accepted.map(() => false))
    expect(await one.verify(null, 'x')).to.equal(false)
  })

  it('frees the place of a failed check', async () => {
    const one = createPasswords(1)
    const [failed, next] = await Promise.all([settled(one.verify('no hash', 'x')), one.verify(null, 'x')])
    expect(failed).to.be.instanceOf(Error).and.not.instanceOf(TooBusyError)
    expect(next).to.equal(false)
  })
})
