import { expect } from 'chai'
import type pg from 'pg'
import { ordinalsOf, streamsFrom } from '../../src/audit/chain/entry-table.js'
import { explain, listeningPool, type Asked } from '../support/explain.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'

const STREAMS = 2_000
/** In each of them. */
const EVENTS = 20
const LIMIT = 50

describe('with a long audit chain', function () {
  this.timeout(240_000)
  let database: TestDatabase
  let pool: pg.Pool
  let asked: Asked[]

  before(async () => {
    database = await createTestDatabase()
    asked = []
    pool = listeningPool(database.url, (statement) => asked.push(statement))
    await pool.query(`
      insert into audit_chain (ordinal, stream, version, id, type, at, data_digest, metadata_digest, hash, is_authentic)
      select e * ${STREAMS} + s, case s % 2 when 0 then 'chat-' else 'inbox-' end || s, e + 1, gen_random_uuid(), 'MessageSent', '', '', '', '', true
      from generate_series(0, ${EVENTS - 1}) as e, generate_series(1, ${STREAMS}) as s`)
    await pool.query('analyze audit_chain')
  })
  after(async () => {
    await pool.end()
    await database[Symbol.asyncDispose]()
  })

  const asks: Record<string, [most: number, ask: () => Promise<unknown>]> = {
    'the numbers of events': [
      LIMIT,
      async () => {
        const events = Array.from({ length: LIMIT }, (_, s) => ({
          stream: `chat-${2 * s + 2}`,
          version: 7,
          position: `${s}`,
        }))
        const ordinals = await ordinalsOf(pool, events)
        expect([...ordinals]).to.deep.equal(events.map((_, s) => [`${s}`, 6 * STREAMS + 2 * s + 2]))
      },
    ],
    'streams by the beginning of their names': [
      LIMIT,
      async () => {
        const found = await streamsFrom(pool, 'inbox-1', '', LIMIT)
        const names = Array.from({ length: STREAMS / 2 }, (_, s) => `inbox-${2 * s + 1}`)
        const expected = names
          .filter((name) => name.startsWith('inbox-1'))
          .toSorted()
          .slice(0, LIMIT)
        expect(found).to.deep.equal(expected.map((stream) => ({ stream, version: EVENTS })))
      },
    ],
    'more streams by the beginning of their names': [
      LIMIT,
      async () => {
        const [first] = await streamsFrom(pool, 'inbox-1999', 'inbox-1998', LIMIT)
        expect(first?.stream).to.equal('inbox-1999')
        expect(await streamsFrom(pool, 'inbox-1999', 'inbox-1999', LIMIT)).to.deep.equal([])
      },
    ],
    'all streams': [LIMIT, async () => expect((await streamsFrom(pool, '', '', LIMIT))[0]?.stream).to.equal('chat-10')],
  }

  for (const [what, [most, ask]] of Object.entries(asks))
    it(`${what}: nothing is read that is not needed`, async () => {
      asked.length = 0
      await ask()
      for (const statement of [...asked]) {
        const reads = await explain(pool, statement)
        expect(reads).not.to.deep.equal([])
        const wrong = reads.filter(({ how, rows }) => how === 'Seq Scan' || rows > most)
        expect(wrong, statement.name).to.deep.equal([])
      }
    })
})
