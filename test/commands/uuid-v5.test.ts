import { expect } from 'chai'
import fc from 'fast-check'
import { v5 } from 'uuid'
import { createUuidV5 } from '../../src/commands/uuid-v5.js'

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

describe('UUIDs of version 5', () => {
  it('are those of RFC 9562', () => {
    expect(createUuidV5(DNS)('www.example.com')).to.equal('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  it('are those of the library, for any name in any namespace', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'binary' }), (namespace, name) => {
        expect(createUuidV5(namespace)(name)).to.equal(v5(name, namespace))
      }),
    )
  })
})
