import { expect } from 'chai'
import type { KeyObject } from 'node:crypto'
import { KeyDestroyedError, type DataKeys } from '../../src/privacy/data-keys.js'
import { KeyUnwrapError } from '../../src/privacy/key-wrap.js'
import { anotherMasterKey, createKeyStore, type KeyStore } from './key-store.js'

const bytesOf = (key: KeyObject | null | undefined): string | undefined => key?.export().toString('hex')

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

const create = async (dataKeys: DataKeys, name: string) => bytesOf((await dataKeys.getOrCreate([name])).get(name))
const find = async (dataKeys: DataKeys, name: string) => bytesOf((await dataKeys.get([name])).get(name))

describe('data keys', () => {
  let store: KeyStore
  before(async () => (store = await createKeyStore()))
  after(() => store[Symbol.asyncDispose]())

  it('a key once made is the same forever, on every node', async () => {
    const made = await create(store.node().dataKeys, 'person/same')
    expect(made).to.have.length(64)
    expect(await create(store.node().dataKeys, 'person/same')).to.equal(made)
    expect(await find(store.node().dataKeys, 'person/same')).to.equal(made)
  })

  it('no two names share a key', async () => {
    const keys = await store.node().dataKeys.getOrCreate(['person/one', 'person/two', 'chat-month/one/2026-01'])
    expect(new Set([...keys.values()].map(bytesOf)).size).to.equal(3)
  })

  it('nodes that create the same keys at the same time, in any order, get the same ones', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `person/raced-${index}`)
    const nodes = Array.from({ length: 6 }, () => store.node().dataKeys)
    const made = await Promise.all(
      nodes.map((node, index) => node.getOrCreate(index % 2 === 0 ? names : names.toReversed())),
    )
    const count = made.map((keys) => names.map((name) => bytesOf(keys.get(name))))
    for (const ring of count) expect(ring).to.deep.equal(count[0])
  })

  it('any number of missing keys needs one statement, cached ones none', async () => {
    const { dataKeys, statements } = store.node()
    const names = ['person/few', 'chat-month/few/2026-01', 'person/few-too', 'person/few']
    await dataKeys.getOrCreate(names)
    expect(statements()).to.equal(1)
    await dataKeys.getOrCreate(names)
    await dataKeys.get(names)
    expect(statements()).to.equal(1)
  })

  it('concurrent calls for missing keys share one statement', async () => {
    const { dataKeys, statements } = store.node()
    const made = await Promise.all(Array.from({ length: 10 }, () => create(dataKeys, 'person/shared')))
    expect(new Set(made).size).to.equal(1)
    expect(statements()).to.equal(1)
  })

  it('different keys that are asked for at the same time need one statement', async () => {
    const { dataKeys, statements } = store.node()
    const made = await Promise.all(Array.from({ length: 10 }, (_, index) => create(dataKeys, `person/many-${index}`)))
    expect(new Set(made).size).to.equal(10)
    expect(statements()).to.equal(1)
  })

  it('a key is committed when it is returned', async () => {
    const { dataKeys, pool } = store.node()
    await dataKeys.getOrCreate(['person/committed'])
    const { rowCount } = await pool.query(`select 1 from data_keys where name = 'person/committed'`)
    expect(rowCount).to.equal(1)
  })

  it('an unknown key is null, and can be created later', async () => {
    const { dataKeys } = store.node()
    expect((await dataKeys.get(['person/later'])).get('person/later')).to.equal(null)
    expect(await create(dataKeys, 'person/later')).to.be.a('string')
    expect(await find(dataKeys, 'person/later')).to.be.a('string')
  })

  it('a destroyed key is deleted from store and cache, and never created again', async () => {
    const { dataKeys, pool } = store.node()
    await create(dataKeys, 'person/gone')
    await dataKeys.destroy('person/gone')
    for (const node of [dataKeys, store.node().dataKeys]) {
      expect(await find(node, 'person/gone')).to.equal(undefined)
      const failure = await failureOf(node.getOrCreate(['person/other', 'person/gone']))
      expect(failure).to.be.instanceOf(KeyDestroyedError).with.property('keyName', 'person/gone')
    }
    const { rows } = await pool.query(`select wrapped from data_keys where name = 'person/gone'`)
    expect(rows).to.deep.equal([{ wrapped: null }])
  })

  it('an unknown key can be destroyed too, and more than once', async () => {
    const { dataKeys } = store.node()
    await dataKeys.destroy('person/never')
    await dataKeys.destroy('person/never')
    expect(await failureOf(dataKeys.getOrCreate(['person/never']))).to.be.instanceOf(KeyDestroyedError)
  })

  it('a key that was being read while it was destroyed does not come back into the cache', async () => {
    await create(store.node().dataKeys, 'person/raced')
    const { dataKeys, pool } = store.node()
    const reading = delayFirstAnswer(pool)
    const read = find(dataKeys, 'person/raced')
    await reading.began
    await dataKeys.destroy('person/raced')
    reading.release()
    expect(await read).to.equal(undefined)
    expect(await find(dataKeys, 'person/raced')).to.equal(undefined)
  })

  it('a key is stored so that only this master key opens it, and only under its own name', async () => {
    const { dataKeys, pool } = store.node()
    const made = await create(dataKeys, 'person/wrapped')
    const { rows } = await pool.query<{ hex: string }>(
      `select encode(wrapped, 'hex') hex from data_keys where name = 'person/wrapped'`,
    )
    expect(rows[0]?.hex).to.not.include(made)
    await pool.query(`insert into data_keys (name, wrapped)
      select 'person/moved', wrapped from data_keys where name = 'person/wrapped'`)
    expect(await failureOf(dataKeys.get(['person/moved']))).to.be.instanceOf(KeyUnwrapError)
    const stranger = store.node(anotherMasterKey).dataKeys
    expect(await failureOf(stranger.get(['person/wrapped']))).to.be.instanceOf(KeyUnwrapError)
  })

  it('an error of Postgres is passed on, and the next call tries again', async () => {
    const { dataKeys, pool } = store.node()
    await pool.query('alter table data_keys rename to hidden')
    const failure = await failureOf(dataKeys.getOrCreate(['person/failed']))
    await pool.query('alter table hidden rename to data_keys')
    expect(failure).to.have.property('code', '42P01')
    expect(await create(dataKeys, 'person/failed')).to.be.a('string')
  })
})

/** Holds back the answer to the pool's first query, as a slow network would. */
function delayFirstAnswer(pool: { query: unknown }): { began: Promise<void>; release: () => void } {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  const query = pool.query as (...args: unknown[]) => Promise<unknown>
  const began = new Promise<void>((resolve) => {
    pool.query = async (...args: unknown[]) => {
      pool.query = query
      const answer = await query.apply(pool, args)
      resolve()
      await released
      return answer
    }
  })
  return { began, release: () => release() }
}
