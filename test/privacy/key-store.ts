import { createSecretKey, randomBytes } from 'node:crypto'
import { Pool } from 'pg'
import { createDataKeys, type DataKeys } from '../../src/privacy/data-keys.js'
import { createTestDatabase } from '../support/test-database.js'

export const masterKey = createSecretKey(Buffer.alloc(32, 7))
export const anotherMasterKey = createSecretKey(Buffer.alloc(32, 8))

export const randomKey = () => createSecretKey(randomBytes(32))

export interface KeyStore extends AsyncDisposable {
  /** A node of its own on this store: own connections, own caches. */
  node(
    master?: typeof masterKey,
    acceptedKeys?: (typeof masterKey)[],
  ): { dataKeys: DataKeys; pool: Pool; statements: () => number }
}

/** An empty key store on a real Postgres. */
export async function createKeyStore(): Promise<KeyStore> {
  const database = await createTestDatabase()
  const pools: Pool[] = []
  return {
    node(master = masterKey, acceptedKeys = []) {
      const pool = new Pool({ connectionString: database.keysUrl, max: 4 })
      pools.push(pool)
      const statements = countStatements(pool)
      return { dataKeys: createDataKeys({ pool, masterKey: master, acceptedKeys }), pool, statements }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map((pool) => pool.end()))
      await database[Symbol.asyncDispose]()
    },
  }
}

/** Each query takes one connection out of the pool. */
function countStatements(pool: Pool): () => number {
  let taken = 0
  pool.on('acquire', () => taken++)
  return () => taken
}
