import type { TokenStore, Tokens } from './tokens.js'

const KEY = 'tokens'

/** Tokens that all tabs of the page's origin share, in IndexedDB: unlike `localStorage`, every tab reads the latest at once. */
export function browserTokens(name = 'parley'): TokenStore {
  let opened: Promise<IDBDatabase> | undefined

  async function run<Result>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<Result>) {
    const database = await (opened ??= open(name))
    return requested(work(database.transaction(KEY, mode).objectStore(KEY)))
  }

  return {
    sharedAs: name,
    load: async () => ((await run('readonly', (store) => store.get(KEY))) as Tokens | undefined) ?? null,
    async save(tokens) {
      if (tokens === null) await run('readwrite', (store) => store.delete(KEY))
      else await run('readwrite', (store) => store.put(tokens, KEY))
    },
  }
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(KEY)
  return requested(request)
}

const requested = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'))
  })
