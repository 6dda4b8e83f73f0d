import { expect } from 'chai'
import { createBoxKeyring } from '../../src/privacy/box-keys.js'
import type { DataKeys } from '../../src/privacy/data-keys.js'
import { createKeyStore, type KeyStore } from './key-store.js'

const NAME = 'person/ada+chat-month/c/2026-03'

describe('The box keyring', () => {
  let store: KeyStore
  beforeEach(async () => (store = await createKeyStore()))
  afterEach(() => store[Symbol.asyncDispose]())

  it('derives a key once, without reading its parents again', async () => {
    const { dataKeys, statements } = store.node()
    const keyring = createBoxKeyring(dataKeys)
    const first = (await keyring.ensure([NAME])).get(NAME)
    const before = statements()
    expect((await keyring.find([NAME])).get(NAME)).to.equal(first)
    expect(statements()).to.equal(before)
  })

  it('returns no key whose parent is destroyed before or during the call', async () => {
    const { dataKeys } = store.node()
    const late: DataKeys = {
      ...dataKeys,
      async get(names) {
        const parents = await dataKeys.get(names)
        if ([...parents.values()].every((key) => key !== null)) await dataKeys.destroy('person/ada')
        return parents
      },
    }
    await createBoxKeyring(dataKeys).ensure([NAME])
    const keyring = createBoxKeyring(late)
    expect((await keyring.find([NAME])).get(NAME)).to.equal(null)
    expect((await keyring.find([NAME])).get(NAME)).to.equal(null)
  })
})
