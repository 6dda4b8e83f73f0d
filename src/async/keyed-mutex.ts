/** Runs calls under one key one after another, in order; those under different keys at once. */
export type KeyedMutex = <Result>(key: string, call: () => Promise<Result>) => Promise<Result>

export function createKeyedMutex(): KeyedMutex {
  const last = new Map<string, Promise<unknown>>()
  return (key, call) => {
    const before = last.get(key) ?? Promise.resolve()
    const running = before.then(call)
    const ended = running
      .catch(() => undefined)
      .finally(() => {
        if (last.get(key) === ended) last.delete(key)
      })
    last.set(key, ended)
    return running
  }
}
