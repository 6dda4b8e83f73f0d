import { expect } from 'chai'
import fc from 'fast-check'
import { boxContext, BoxCorruptError, openBox, sealBox, type SealedBox } from '../../src/privacy/box.js'
import { deriveBoxKey } from '../../src/privacy/box-keys.js'
import { randomKey } from './key-store.js'

const person = randomKey()
const month = randomKey()
const boxKey = deriveBoxKey('person/ada+chat-month/c/2026-03', person, month)
const here = boxContext('chat-c', 'e1')

const alter = (text: string, byte: number): string => {
  const bytes = Buffer.from(text, 'base64url')
  bytes[byte] = (bytes[byte] ?? 0) ^ 1
  return bytes.toString('base64url')
}

describe('box', () => {
  it('decrypts to exactly the encrypted text, for any text', () => {
    const fields = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
    fc.assert(
      fc.property(fields, fc.string({ unit: 'binary' }), (personal, stream) => {
        const context = boxContext(stream, 'e1')
        const opened = openBox(boxKey, sealBox(boxKey, personal, context), context)
        expect(JSON.stringify(opened)).to.equal(JSON.stringify(JSON.parse(JSON.stringify(personal))))
      }),
    )
  })

  it('contains no plaintext, and is different each time for the same text', () => {
    const seal = () => sealBox(boxKey, { content: 'under the secret oak' }, here)
    const [one, other] = [seal(), seal()]
    expect(Buffer.from(one.box, 'base64url').toString('latin1')).to.not.include('secret')
    expect(one.nonce).to.not.equal(other.nonce)
    expect(one.box.slice(24)).to.not.equal(other.box.slice(24))
  })

  it('a box moved to another stream or event does not open', () => {
    const sealed = sealBox(boxKey, { content: 'hello' }, here)
    for (const elsewhere of [boxContext('chat-c', 'e2'), boxContext('chat-d', 'e1'), boxContext('chat-c","e1', '')]) {
      expect(() => openBox(boxKey, sealed, elsewhere)).to.throw(BoxCorruptError)
    }
  })

  it('a box does not open under another user, another month, or the user alone', () => {
    const sealed = sealBox(boxKey, { content: 'hello' }, here)
    const others = [
      deriveBoxKey('x', randomKey(), month),
      deriveBoxKey('x', person, randomKey()),
      deriveBoxKey('x', person),
    ]
    for (const other of others) expect(() => openBox(other, sealed, here)).to.throw(BoxCorruptError)
  })

  it('a box with the name of another key does not open', () => {
    const sealed = sealBox({ ...boxKey, commitment: Buffer.alloc(16, 1) }, { content: 'hello' }, here)
    expect(() => openBox(boxKey, sealed, here)).to.throw(BoxCorruptError)
  })

  it('no byte of nonce or box can be altered or cut off', () => {
    const sealed = sealBox(boxKey, { content: 'hello' }, here)
    const altered: SealedBox[] = [
      ...Array.from({ length: 12 }, (_, byte) => ({ ...sealed, nonce: alter(sealed.nonce, byte) })),
      ...Array.from(Buffer.from(sealed.box, 'base64url'), (_, byte) => ({ ...sealed, box: alter(sealed.box, byte) })),
      ...[0, 10, 30, sealed.box.length - 4].map((length) => ({ ...sealed, box: sealed.box.slice(0, length) })),
      { ...sealed, nonce: '' },
    ]
    for (const box of altered) expect(() => openBox(boxKey, box, here)).to.throw(BoxCorruptError)
  })

  it('never uses a nonce twice', () => {
    const nonces = Array.from({ length: 5000 }, () => sealBox(boxKey, {}, here).nonce)
    expect(new Set(nonces).size).to.equal(5000)
  })
})
