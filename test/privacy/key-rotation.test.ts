import { expect } from 'chai'
import { KeyDestroyedError } from '../../src/privacy/data-keys.js'
import { rotateKeys, type RotationProgress } from '../../src/privacy/key-rotation.js'
import { KeyUnwrapError } from '../../src/privacy/key-wrap.js'
import { anotherMasterKey, createKeyStore, masterKey, randomKey, type KeyStore } from './key-store.js'

const [old, young] = [masterKey, anotherMasterKey]

describe('rotating the master key', () => {
  let store: KeyStore

  beforeEach(async () => {
    store = await createKeyStore()
  })
  afterEach(() => store[Symbol.asyncDispose]())

  const names = (count: number) =>
    Array.from({ length: count }, (_, index) => `person/${String(index).padStart(5, '0')}`)
  const bytesOf = async (master: typeof old, all: string[], accepted: (typeof old)[] = []) => {
    const keys = await store.node(master, accepted).dataKeys.get(all)
    return all.map((name) => keys.get(name)?.export().toString('hex'))
  }
  const rotate = async (): Promise<RotationProgress[]> => {
    const { pool } = store.node()
    const steps: RotationProgress[] = []
    for await (const step of rotateKeys({ pool, masterKey: young, acceptedKeys: [old] })) steps.push(step)
    return steps
  }

  it('wraps every key again, in batches, and leaves the keys as they are', async () => {
    const all = names(1_001)
    await store.node(old).dataKeys.getOrCreate(all)
    const before = await bytesOf(old, all)
    expect(await rotate()).to.deep.equal([
      { done: 0, left: 1_001 },
      { done: 500, left: 501 },
      { done: 1_000, left: 1 },
      { done: 1_001, left: 0 },
    ])
    expect(await bytesOf(young, all)).to.deep.equal(before)
    expect(await failureOf(store.node(old).dataKeys.get(all))).to.be.instanceOf(KeyUnwrapError)
    expect(await rotate()).to.deep.equal([{ done: 0, left: 0 }])
  })

  it('that was interrupted goes on where it was, while both master keys are accepted', async () => {
    const all = names(700)
    await store.node(old).dataKeys.getOrCreate(all)
    const before = await bytesOf(old, all)
    for await (const { done } of rotateKeys({ pool: store.node().pool, masterKey: young, acceptedKeys: [old] }))
      if (done > 0) break
    expect(await bytesOf(young, all, [old])).to.deep.equal(before)
    expect(await bytesOf(old, all, [young])).to.deep.equal(before)
    expect((await rotate()).at(0)).to.deep.equal({ done: 0, left: 200 })
    expect(await bytesOf(young, all)).to.deep.equal(before)
  })

  it('leaves destroyed keys destroyed', async () => {
    const { dataKeys } = store.node(old)
    await dataKeys.getOrCreate(['person/a'])
    await dataKeys.destroy('person/a')
    expect(await rotate()).to.deep.equal([{ done: 0, left: 0 }])
    expect(await failureOf(store.node(young).dataKeys.getOrCreate(['person/a']))).to.be.instanceOf(KeyDestroyedError)
  })

  it('new keys are wrapped by the master key, never by an accepted one', async () => {
    await store.node(young, [old]).dataKeys.getOrCreate(['person/a'])
    await store.node(young).dataKeys.check()
    expect(await failureOf(store.node(old).dataKeys.check())).to.be.instanceOf(KeyUnwrapError)
  })

  it('a node that cannot open all keys is refused, also when it can open some', async () => {
    await store.node(old).dataKeys.getOrCreate(['person/z'])
    await store.node(young, [old]).dataKeys.getOrCreate(['person/a'])
    await store.node(young, [old]).dataKeys.check()
    for (const node of [store.node(young), store.node(old), store.node(randomKey())])
      expect(await failureOf(node.dataKeys.check())).to.be.instanceOf(KeyUnwrapError)
  })

  it('ends with an error where a key opens with none of the master keys', async () => {
    await store.node(randomKey()).dataKeys.getOrCreate(['person/a'])
    expect(await failureOf(rotate())).to.be.instanceOf(KeyUnwrapError)
  })
})

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )
